/**
 * A model to files of other programs, each proved before it is called good.
 *
 *   model ─ format.write ─▶ a part folder ─ format.open ─▶ run on images ─ prove ─▶ labels, card, snippet ─▶ the folder
 *                                                                            └─ differs ─▶ a folder that says so
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { Model } from '../bundle/model.ts';
import type { Predictor } from '../bundle/predictor.ts';
import { replaceFolder } from '../bundle/write.ts';
import { ExperimentError, type Problem } from '../errors.ts';
import type { Plan } from '../plan/plan.ts';
import { type ExportedFile, modelCard } from './card.ts';
import type { CardFigures } from './figures.ts';
import type { ExportFormat } from './format.ts';
import { type FormatName, formats } from './formats.ts';
import { type ProofImages, proofImages } from './images.ts';
import { labelsOf } from './labels.ts';
import { type Proved, prove } from './prove.ts';

export interface ExportWanted {
  readonly formats: readonly FormatName[];
  /** Folder that gets a folder for each format. */
  readonly output: string;
  /** Folder of images to prove on; null for the run's validation images, or those that the model keeps. */
  readonly images: string | null;
  /** Of the run; null where it is not at hand. */
  readonly plan: Plan | null;
  /** For the model card; null where none are known. */
  readonly figures: CardFigures | null;
}

export interface ExportHooks {
  /** Nothing is left of a format that was being written. */
  readonly signal: AbortSignal;
  /** What should be known, in sentences. */
  readonly note: (message: string) => void;
  readonly onProgress: (what: string, done: number, total: number) => void;
  /** Told when a format is done. */
  readonly onDone: (result: FormatResult) => void;
}

export interface FormatResult extends Proved {
  readonly format: FormatName;
  /** Absolute; its name ends in `-differs` where the export is not good. */
  readonly folder: string;
  /** File or folder in it that holds the model. */
  readonly file: string;
  /** Of the model's files. */
  readonly bytes: number;
  readonly tolerance: number;
  readonly isGood: boolean;
}

export interface ExportResult {
  readonly images: Pick<ProofImages, 'source' | 'words' | 'count'>;
  readonly formats: readonly FormatResult[];
}

/** What the names of folders of exports that are not good end in. */
export const DIFFERS = '-differs';

/**
 * @param predictor of the model in float32 on the CPU: what exports are compared with
 * @throws ExperimentError where there is nothing to prove on, or something else stands where an export goes
 */
export async function exportModel(
  predictor: Predictor,
  wanted: ExportWanted,
  hooks: ExportHooks,
): Promise<ExportResult> {
  checkPlaces(wanted);
  // What is not there yet is brought before anything is computed.
  for (const name of wanted.formats) await formatOf(name).prepare?.(hooks.note);
  hooks.signal.throwIfAborted();
  const images = await proofImages(predictor, {
    plan: wanted.plan,
    folder: wanted.images,
    signal: hooks.signal,
    onProgress: (done, total) => hooks.onProgress('images', done, total),
  });
  for (const message of images.notes) hooks.note(message);
  const results: FormatResult[] = [];
  for (const name of wanted.formats) {
    hooks.signal.throwIfAborted();
    const result = await exportFormat(predictor.model, name, images, wanted, hooks);
    hooks.onDone(result);
    results.push(result);
  }
  const { source, words, count } = images;
  return { images: { source, words, count }, formats: results };
}

async function exportFormat(
  model: Model,
  name: FormatName,
  images: ProofImages,
  { output, plan, figures }: ExportWanted,
  { signal, onProgress }: ExportHooks,
): Promise<FormatResult> {
  const format = formatOf(name);
  const { description } = model;
  const good = join(output, name);
  const part = `${good}.${process.pid}.part`;
  try {
    mkdirSync(part, { recursive: true });
    onProgress(`${name}: write`, 0, 1);
    await format.write(model, part);
    onProgress(`${name}: write`, 1, 1);
    signal.throwIfAborted();
    const files = filesIn(part);
    const opened = await format.open(model, part);
    const proved = await prove(opened, description, images, {
      signal,
      onProgress: (done, total) => onProgress(`${name}: prove`, done, total),
    }).finally(() => opened.close());
    const { tolerance, snippet } = format;
    const isGood = proved.largestDifference <= tolerance && proved.wrongClasses === 0;
    writeFileSync(join(part, 'labels.json'), `${JSON.stringify(labelsOf(description), null, 2)}\n`);
    writeFileSync(join(part, snippet.file), `${snippet.text(model)}\n`);
    const card = modelCard({
      ...{ description, plan, figures, snippet, proved, tolerance, isGood, files },
      images: images.words,
    });
    writeFileSync(join(part, 'MODEL_CARD.md'), card);
    const folder = isGood ? good : `${good}${DIFFERS}`;
    replaceFolder(part, folder);
    // What a good one takes the place of.
    if (isGood) rmSync(`${good}${DIFFERS}`, { recursive: true, force: true });
    const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
    return { format: name, folder, file: format.file, bytes, tolerance, isGood, ...proved };
  } finally {
    rmSync(part, { recursive: true, force: true });
  }
}

function formatOf(name: FormatName): ExportFormat {
  return formats[name];
}

/** What somebody else put where an export goes is not replaced. @throws ExperimentError naming all such folders */
function checkPlaces({ output, formats: names }: ExportWanted): void {
  const problems = names
    .flatMap((name) => [join(output, name), join(output, `${name}${DIFFERS}`)])
    .filter((folder) => existsSync(folder) && !isOurs(folder))
    .map((folder): Problem => {
      const message = `expected nothing or an earlier export at ${folder}, found something else`;
      return { code: 'badArgument', path: '--output', message, hint: 'Name another folder.' };
    });
  if (problems.length > 0) throw new ExperimentError(problems);
}

function isOurs(folder: string): boolean {
  try {
    const { format } = JSON.parse(readFileSync(join(folder, 'labels.json'), 'utf8')) as { format?: unknown };
    return format === labelsFormat;
  } catch {
    return false;
  }
}

const labelsFormat: ReturnType<typeof labelsOf>['format'] = 'manyheads-labels';

function filesIn(folder: string): ExportedFile[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => {
      const path = join(parentPath, name);
      const content = readFileSync(path);
      const sha256 = createHash('sha256').update(content).digest('hex');
      return { path: relative(folder, path), bytes: content.length, sha256 };
    })
    .sort((a, b) => (a.path < b.path ? -1 : 1));
}
