/**
 * Vega-Lite descriptions to PNG, without a browser, a canvas or fonts of the system. The three libraries take a second
 * to load, so they are loaded when the first picture is drawn.
 */
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { TopLevelSpec } from 'vega-lite';

/** Pixels for each unit of the description. */
const SCALE = 1.5;
const FONT = 'DejaVu Sans';

const fonts = dirname(createRequire(import.meta.url).resolve('dejavu-fonts-ttf/package.json'));
const fontFiles = ['DejaVuSans.ttf', 'DejaVuSans-Bold.ttf'].map((file) => join(fonts, 'ttf', file));

/** Type sizes and colours of every picture. */
const config: NonNullable<TopLevelSpec['config']> = {
  font: FONT,
  padding: 16,
  background: 'white',
  view: { stroke: null },
  title: {
    anchor: 'start',
    fontSize: 15,
    subtitleFontSize: 11,
    subtitleColor: '#555',
    subtitlePadding: 5,
    offset: 12,
  },
  axis: {
    labelFontSize: 11,
    titleFontSize: 12,
    titleFontWeight: 'normal',
    titleColor: '#333',
    gridColor: '#e6e6e6',
    domainColor: '#888',
    tickColor: '#888',
  },
  legend: { labelFontSize: 12, titleFontSize: 11, titleFontWeight: 'normal' },
};

/** @returns a PNG with an opaque white background */
export async function drawPng(spec: TopLevelSpec): Promise<Buffer> {
  const [vega, vegaLite] = await Promise.all([import('vega'), import('vega-lite')]);
  // Remarks on the description are of no use to who trains, and would be written into the progress bar.
  const logger = vega.logger(vega.Error);
  const compiled = vegaLite.compile({ ...spec, config: { ...config, ...spec.config } }, { logger }).spec;
  const view = new vega.View(vega.parse(compiled), { renderer: 'none', logger });
  try {
    return await svgToPng(await view.toSVG(), SCALE);
  } finally {
    view.finalize();
  }
}

/**
 * @param zoom pixels for each unit
 * @returns a PNG, clear where nothing is drawn
 */
export async function svgToPng(svg: string, zoom: number): Promise<Buffer> {
  const { renderAsync } = await import('@resvg/resvg-js');
  const image = await renderAsync(svg, {
    font: { fontFiles, loadSystemFonts: false, defaultFontFamily: FONT, sansSerifFamily: FONT },
    fitTo: { mode: 'zoom', value: zoom },
  });
  return image.asPng();
}
