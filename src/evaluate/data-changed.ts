/** Whether the images of a run are still those that it was trained and validated on. */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { ModelDescription } from '../bundle/model.ts';
import { digestOfImages } from '../data/cache.ts';
import { decoderVersion } from '../data/decoder-version.ts';
import { cacheFolder } from '../machine/cache-folder.mjs';
import type { EvaluatedRows } from './rows.ts';

/**
 * For rows that training has looked at: of others there is nothing to compare with. Files that are known by their size and
 * times are not read.
 * @returns a sentence, or null where nothing has changed or nothing can be told
 */
export async function changedImages(
  { run, versions, input }: ModelDescription,
  { part, table, trained }: EvaluatedRows,
): Promise<string | null> {
  if (part !== 'validation' || trained === null || run.dataDigest === null) return null;
  // The digest is that of decoded images, by one decoder.
  if (versions.decoder !== decoderVersion) return null;
  const { rows, paths } = trained;
  const images = await digestOfImages({
    paths,
    rows,
    size: input.decodedSize,
    fit: input.fit,
    folder: join(cacheFolder(), 'images'),
  });
  const digest = createHash('sha256').update(`${table.digest}\n${images}`).digest('hex');
  return digest === run.dataDigest ? null : 'Some images are not as they were when the model was trained.';
}
