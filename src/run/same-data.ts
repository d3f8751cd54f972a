/**
 * A run that goes on does so with the data that it was begun with: else its numbers would be of no data set. The table is a
 * part of the plan's hash; the images are compared here, by their contents.
 */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { FoundImages } from '../data/cache.ts';
import { changedImages, type ImageChange } from '../data/changed-images.ts';
import { firstDecoderVersion } from '../data/decoder-version.ts';
import { ExperimentError, type Problem } from '../errors.ts';
import type { Plan } from '../plan/plan.ts';
import { imagePath } from '../table/image-paths.ts';
import { cellsOf } from '../table/labels.ts';
import { readTable } from '../table/read.ts';
import { allEvents } from '../track/spool/read.ts';
import { spoolFile } from '../track/spool/spool.ts';
import { type RunData, readRecord } from './record.ts';

export interface SameDataOptions {
  /** Folder of the run, or of the attempt of a trial, that is gone on with. */
  readonly run: string;
  readonly plan: Plan;
  /** Folder of the image caches. */
  readonly caches: string;
  readonly isTrial: boolean;
  readonly note: (message: string) => void;
}

const HINTS = {
  run: 'Bring the images back; or start a new run, with --resume --anyway or without --resume.',
  trial: 'Bring the images back, or plan the sweep again with --force.',
} as const;

/** Whether this, and nothing else, is what a run can't be gone on with for. */
export function isChangedData(error: unknown): error is ExperimentError {
  return error instanceof ExperimentError && error.problems.every(({ code }) => code === 'dataChanged');
}

export function runData({ contentDigest, digest }: FoundImages): RunData {
  return { contents: contentDigest, images: digest };
}

/** @throws ExperimentError that names the rows whose images have changed since the run was begun */
export function assertSameData(found: FoundImages, options: SameDataOptions): void {
  const { run, plan, isTrial, note } = options;
  const { data: before, runId } = readRecord(run);
  if (before === undefined) {
    if (isOfSpool(run, plan, found)) return;
    throw new ExperimentError([
      {
        code: 'dataChanged',
        path: 'dataset.images',
        message: `expected the images that ${runId} was begun with, found others, or another program that decodes them; an earlier version did not keep which they were`,
        hint: isTrial ? HINTS.trial : HINTS.run,
      },
    ]);
  }
  if (before.contents !== found.contentDigest)
    throw new ExperimentError(changeProblems(found, before, runId, options));
  if (before.images !== found.digest)
    note(
      `warning: ${runId} was begun with another version of the image decoder; from here on the pixels are those of this one`,
    );
}

/** Of a run of version 0.1.0: what it told its tracker. Where it was killed before, it has no checkpoint either. */
function isOfSpool(run: string, { settings }: Plan, found: FoundImages): boolean {
  let told: string | undefined;
  for (const { event } of allEvents(spoolFile(run)))
    if (event.type === 'run') told = event.run.tags.dataDigest ?? told;
  const digestOf = (images: string): string =>
    createHash('sha256').update(`${settings.dataset.tableDigest}\n${images}`).digest('hex');
  return (
    told === undefined ||
    [found.digest, found.digestBy(firstDecoderVersion)].some((images) => digestOf(images) === told)
  );
}

/** Rows that are listed; of more, their number. */
const LISTED = 20;

const words: Readonly<Record<ImageChange['what'], string>> = {
  changed: 'is another image than',
  new: 'can be read now, and could not',
  gone: "can't be read any more, and could",
};

function changeProblems(
  { contents }: FoundImages,
  before: RunData,
  runId: string,
  { plan, caches, isTrial }: SameDataOptions,
): Problem[] {
  const { dataset } = plan.settings;
  const changes = changedImages(join(caches, `${before.images}.contents`), contents) ?? [];
  const when = `when ${runId} was begun`;
  const whats = new Map(changes.map(({ path, what }) => [path, what]));
  const table = readTable(plan.locations.table, { delimiter: dataset.delimiter });
  const rows = cellsOf(table, dataset.imageColumn, 'dataset.imageColumn').flatMap((cell, row) => {
    const what = whats.get(imagePath(plan.locations.images, cell));
    return what === undefined ? [] : [{ cell, row, what }];
  });
  const listed = rows.slice(0, LISTED).map(({ cell, row, what }): Problem => {
    const place = { file: table.file, line: table.lines[row]!, column: 1, text: '' };
    return { code: 'dataChanged', path: '', message: `${cell} ${words[what]} ${when}`, place };
  });
  const more = rows.length - listed.length;
  if (more > 0)
    listed.push({ code: 'dataChanged', path: '', message: `and ${more} more rows have other images` });
  // The list was removed with its cache, or the order of the rows is another.
  if (listed.length === 0)
    listed.push({
      code: 'dataChanged',
      path: 'dataset.images',
      message: `expected the images as they were ${when}, found others; which of them have changed was not kept`,
    });
  return [...listed.slice(0, -1), { ...listed.at(-1)!, hint: isTrial ? HINTS.trial : HINTS.run }];
}
