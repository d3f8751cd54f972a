/**
 * Vega-Lite descriptions to PNG, without a browser, a canvas or fonts of the system. The three libraries are loaded
 * when the first picture is drawn.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { compileFunction } from 'node:vm';
import type { TopLevelSpec } from 'vega-lite';

/** Pixels for each unit of the description. */
const SCALE = 1.5;
const FONT = 'DejaVu Sans';
/** Characters that XML 1.0 has no way to write; a name may hold them. */
const NOT_OF_XML = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu;

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
  const { vega, vegaLite } = loadVega();
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

let loaded:
  | { readonly vega: typeof import('vega'); readonly vegaLite: typeof import('vega-lite') }
  | undefined;

/** Their builds for browsers are one file each: 0.05 s, where the import of all of their modules takes 0.6 s. */
function loadVega(): NonNullable<typeof loaded> {
  const require = createRequire(import.meta.url);
  const load = (name: string, needed: unknown): unknown => {
    const file = join(dirname(require.resolve(name)), `${name}.min.js`);
    const module = { exports: {} };
    const run = compileFunction(readFileSync(file, 'utf8'), ['exports', 'module', 'require'], {
      filename: file,
    });
    run(module.exports, module, () => needed);
    return module.exports;
  };
  if (loaded === undefined) {
    const vega = load('vega', undefined) as typeof import('vega');
    loaded = { vega, vegaLite: load('vega-lite', vega) as typeof import('vega-lite') };
  }
  return loaded;
}

/**
 * @param zoom pixels for each unit
 * @returns a PNG, clear where nothing is drawn
 */
export async function svgToPng(svg: string, zoom: number): Promise<Buffer> {
  const { renderAsync } = await import('@resvg/resvg-js');
  const image = await renderAsync(svg.replaceAll(NOT_OF_XML, '\ufffd'), {
    font: { fontFiles, loadSystemFonts: false, defaultFontFamily: FONT, sansSerifFamily: FONT },
    fitTo: { mode: 'zoom', value: zoom },
  });
  return image.asPng();
}
