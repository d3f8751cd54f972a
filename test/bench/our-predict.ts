/** Measured process: files to answers, as `run predict` computes them. In: settings as JSON. Out: images a second. */
import { readModel } from '../../src/bundle/read.ts';
import { predictImages } from '../../src/predict/predict.ts';
import { openSources } from '../../src/predict/sources.ts';
import { peakMemory, tell } from './process.ts';

const settings = JSON.parse(process.argv[2]!) as { readonly model: string; readonly files: string };
const model = readModel(settings.model);
// Twice, so that the clock does not run while modules are loaded and a program is recorded. The model is loaded each time.
for (let time = 0; time < 2; time++) {
  const sources = openSources([settings.files], {
    column: '',
    delimiter: ',',
    lines: process.stdin,
    allowOutside: true,
  });
  const begun = performance.now();
  const cpu = process.cpuUsage();
  const { images } = await predictImages({
    model,
    sources,
    batchSize: 32,
    flip: false,
    top: 1,
    features: false,
    signal: new AbortController().signal,
    write: () => undefined,
  });
  const seconds = (performance.now() - begun) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  if (time === 1)
    tell({
      peakBytes: peakMemory(),
      figures: {
        images,
        imagesPerSecond: images / seconds,
        cpuMillisecondsPerImage: (user + system) / 1e3 / images,
      },
    });
}
