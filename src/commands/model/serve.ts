/** `run serve MODEL…`: trained models behind HTTP, until a signal ends it. */
import { ExperimentError, RunError } from '../../errors.ts';
import { type AddCommand, type Output, withExample } from '../command.ts';
import { interruption } from '../interruption.ts';
import { wholeNumber } from '../whole-number.ts';
import { MODEL_ARGUMENT } from './find-model.ts';

interface ServeArguments {
  readonly host: string;
  readonly port: number;
  readonly tokenFile?: string;
  readonly batchSize: number;
  readonly maxMegabytes?: number;
  readonly maxMegapixels?: number;
  readonly maxImages?: number;
  readonly maxQueue?: number;
  readonly timeout?: number;
  readonly json?: boolean;
}

/** Where the token may stand: in an environment, or in a file; never among arguments, which others can read. */
const TOKEN_VARIABLE = 'MANYHEADS_TOKEN';
const LOOPBACK = ['127.0.0.1', '::1', 'localhost'];

export const addServe: AddCommand = (program, output, exit) => {
  withExample(
    program
      .command('serve')
      .description('answer for trained models over HTTP')
      .argument('<models...>', `${MODEL_ARGUMENT}; the first answers where a request names none`)
      .option('--host <address>', 'address to listen at; 0.0.0.0 for all of this machine', '127.0.0.1')
      .option('--port <number>', 'port to listen at; 0 for any that is free', wholeNumber('--port', 0), 8080)
      .option(
        '--token-file <file>',
        `file with a token that requests must bring (default: ${TOKEN_VARIABLE}, if it is set)`,
      )
      .option(
        '--batch-size <count>',
        'images that are computed at once, at most',
        wholeNumber('--batch-size', 1),
        32,
      )
      .option('--max-megabytes <number>', 'of an image (default: 20)', wholeNumber('--max-megabytes', 1))
      .option('--max-megapixels <number>', 'of an image (default: 100)', wholeNumber('--max-megapixels', 1))
      .option('--max-images <count>', 'of a request (default: 64)', wholeNumber('--max-images', 1))
      .option(
        '--max-queue <count>',
        'images that are in work or wait, of all requests (default: 512)',
        wholeNumber('--max-queue', 1),
      )
      .option(
        '--timeout <seconds>',
        'after which a request is given up (default: 30)',
        wholeNumber('--timeout', 1),
      )
      .option('--json', 'print one JSON object with the address once the server listens'),
    'run serve latest',
    'run serve people faces --port 9000 --token-file token.txt',
    'curl -F images=@photo.jpg http://127.0.0.1:8080/predict',
  ).action(async (names: string[], options: ServeArguments) => {
    exit(await serve(output, names, options));
  });
};

async function serve(
  { print, printJson, say, endNow }: Output,
  names: readonly string[],
  options: ServeArguments,
): Promise<0> {
  const { runsFolder } = await import('../../run/folders.ts');
  const { findModel } = await import('./find-model.ts');
  const { programVersion } = await import('../../bundle/describe.ts');
  const { readModel } = await import('../../bundle/read.ts');
  const { createGate } = await import('../../predict/gate.ts');
  const { prepareDevice } = await import('../../tensorflow/device.ts');
  const { defaultLimits } = await import('../../serve/limits.ts');
  const { createMetrics } = await import('../../serve/metrics.ts');
  const { createServer } = await import('../../serve/server.ts');
  const { serveModel } = await import('../../serve/served-model.ts');
  const { decisionLines } = await import('../../report/tables/decision-lines.ts');
  const { availableParallelism } = await import('node:os');

  // What can't be is said before anything costs time.
  const token = await tokenOf(options.tokenFile);
  const { host, port, batchSize } = options;
  if (token === undefined && !LOOPBACK.includes(host))
    say(`warning: whoever reaches ${host} can ask these models; --token-file asks for a token`);
  const folders: string[] = [];
  for (const name of names) folders.push(await findModel(name, runsFolder(), { notify: say }));
  const found = folders.map(readModel);
  const limits = {
    imageBytes: (options.maxMegabytes ?? defaultLimits.imageBytes / 2 ** 20) * 2 ** 20,
    pixels: (options.maxMegapixels ?? defaultLimits.pixels / 1e6) * 1e6,
    images: options.maxImages ?? defaultLimits.images,
    queue: options.maxQueue ?? defaultLimits.queue,
    seconds: options.timeout ?? defaultLimits.seconds,
  };
  prepareDevice({ device: 'auto', memoryGrowth: true });
  const metrics = createMetrics();
  // One a core, as computing takes all of them anyway; a few more keep threads busy while others read.
  const gate = createGate(availableParallelism() + 2);
  const models = [];
  for (const [i, model] of found.entries()) {
    const name = nameOf(found, i);
    models.push(await serveModel(model, { name, batchSize, limits, gate, metrics }));
    say(`${name}: ${model.description.heads.map((head) => head.name).join(', ')}`);
    for (const line of decisionLines(model.description.decisions)) say(`  decisions of the model: ${line}`);
  }
  const onFault = (error: unknown): void =>
    say(error instanceof Error ? (error.stack ?? error.message) : String(error));
  const app = await createServer({ models, limits, metrics, token, version: programVersion(), onFault });
  const address = await app.listen({ host, port }).catch((error: unknown) => {
    throw listenError(error, host, port);
  });
  if (options.json) printJson({ address, pid: process.pid, models: models.map(({ name }) => name) });
  else print(`Listening at ${address}`);
  say(`Try it: curl -F images=@photo.jpg ${address}/predict`);
  const signal = interruption(
    endNow,
    say,
    'Ending: what was begun is still answered.',
    'Once more to end at once.',
  );
  await new Promise((resolve) => {
    signal.addEventListener('abort', resolve, { once: true });
  });
  await app.close();
  return 0;
}

/** The experiment's name; with the run's number where two are called the same. */
function nameOf(
  models: readonly { readonly description: { name: string; run: { id: string } } }[],
  at: number,
): string {
  const { name, run } = models[at]!.description;
  const isAlone = models.every((other, i) => i === at || other.description.name !== name);
  return isAlone ? name : run.id;
}

async function tokenOf(file: string | undefined): Promise<string | undefined> {
  if (file === undefined) return process.env[TOKEN_VARIABLE] || undefined;
  const { readFile } = await import('node:fs/promises');
  const wrong = (message: string): ExperimentError =>
    new ExperimentError([
      {
        code: 'badArgument',
        path: '',
        message: `--token-file ${file}: ${message}`,
        hint: 'It holds the token and nothing else.',
      },
    ]);
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw wrong(`it can't be read (${error.code})`);
  });
  const token = text.trim();
  if (!/^[\x21-\x7e]{8,}$/.test(token))
    throw wrong('expected one word of at least 8 letters, digits and marks');
  return token;
}

function listenError(error: unknown, host: string, port: number): unknown {
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'EADDRINUSE')
    return new RunError(`port ${port} of ${host} is taken`, {
      hint: 'Choose another by --port; 0 takes any that is free.',
    });
  if (code === 'EACCES' || code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND')
    return new RunError(`${host}:${port} can't be listened at (${code})`, {
      hint: 'Choose others by --host and --port.',
    });
  return error;
}
