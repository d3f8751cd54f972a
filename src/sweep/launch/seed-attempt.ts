/** A new attempt at a trial goes on from what earlier ones have left. */
import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { hasRecord } from '../../run/record.ts';
import { copyWhole, share } from '../ledger/share.ts';

/**
 * Puts the newest checkpoint of earlier attempts into a new one, with what was logged up to it.
 *
 * @param earlier oldest first
 * @param folder of the new attempt
 * @returns number of the attempt that the checkpoint is from, null where none has one
 */
export function seedAttempt(
  earlier: readonly { readonly number: number; readonly folder: string }[],
  folder: string,
): number | null {
  // An attempt that was killed before its run began holds only what was put into it here, and not of which data it is.
  const newestFirst = earlier.filter((one) => hasRecord(one.folder)).reverse();
  const has = (file: string) => newestFirst.find((one) => existsSync(join(one.folder, file)));
  const trained = has('checkpoint/last.safetensors') ?? has('checkpoint/before.safetensors');
  // One that was killed before its first checkpoint may have told MLflow of an epoch already.
  const source = trained ?? has('metrics.jsonl');
  if (source === undefined) return null;
  const copied = readdirSync(source.folder).filter(
    (name) => ['history.jsonl', 'metrics.jsonl'].includes(name) || /^mlflow-\w+\.json$/.test(name),
  );
  for (const name of copied) copyWhole(join(source.folder, name), join(folder, name));
  if (trained === undefined) return null;
  mkdirSync(join(folder, 'checkpoint'));
  // `last` comes last: an attempt that has it has all of it.
  for (const name of ['best.safetensors', 'before.safetensors', 'last.safetensors']) {
    const file = join(source.folder, 'checkpoint', name);
    if (existsSync(file)) share(file, join(folder, 'checkpoint', name));
  }
  return trained.number;
}
