/**
 * The small files beside a run's spool, each with one writer, each written whole (to a second name, then renamed):
 * `state.json` by the process that trains, `mlflow-<server>.json` by whoever sends to that server.
 */
import { createHash } from 'node:crypto';
import path from 'node:path';
import { RunError } from '../../errors.ts';
import { damaged, readJsonFile } from '../../machine/json-file.ts';
import { type ProcessMark, parseMark } from '../../machine/process-mark.mjs';
import { writeWhole } from '../../machine/whole.mjs';
import { type EndStatus, endStatuses } from '../run.ts';

export interface RunState extends ProcessMark {
  readonly status: 'RUNNING' | EndStatus;
}

/** How far a run has been sent to one server. */
export interface SentState {
  /** Without user and password. */
  readonly uri: string;
  readonly experimentId: string;
  readonly mlflowRunId: string;
  readonly artifactUri: string;
  /** Bytes of the spool, from its start, that the server has acknowledged. */
  readonly ackedOffset: number;
}

const statuses = ['RUNNING', ...endStatuses] as const;

/** @throws RunError where the file is damaged */
export function readRunState(folder: string): RunState | undefined {
  const file = stateFile(folder);
  const value = readJsonFile(file);
  if (value === undefined) return undefined;
  const mark = parseMark(value);
  const written = (value as { readonly status?: unknown } | null)?.status;
  const status = statuses.find((one) => one === written);
  if (mark === undefined || status === undefined)
    throw damaged(file, `expected the mark of a process and a status, got ${JSON.stringify(value)}`);
  return { ...mark, status };
}

export function writeRunState(folder: string, state: RunState): void {
  writeWhole(stateFile(folder), state);
}

function stateFile(folder: string): string {
  return path.join(folder, 'state.json');
}

/**
 * @param key what names the server, see `Target.key`
 * @returns undefined where there is none, or it is damaged: then all is sent again, which the server takes for the same
 */
export function readSentState(folder: string, key: string): SentState | undefined {
  let value: unknown;
  try {
    value = readJsonFile(`${sentName(folder, key)}.json`);
  } catch (error) {
    if (error instanceof RunError) return undefined;
    throw error;
  }
  const { ackedOffset, ...texts } = Object(value) as Partial<SentState>;
  const isWhole = [texts.uri, texts.experimentId, texts.mlflowRunId, texts.artifactUri].every(
    (text) => typeof text === 'string',
  );
  return isWhole && Number.isSafeInteger(ackedOffset) && ackedOffset! >= 0 ? (value as SentState) : undefined;
}

export function writeSentState(folder: string, key: string, state: SentState): void {
  // After every request: what was sent since would be sent again, which the server takes for the same.
  writeWhole(`${sentName(folder, key)}.json`, state, { isHasty: true });
}

/** The lock of whoever sends this run to this server. */
export function sentLockFile(folder: string, key: string): string {
  return `${sentName(folder, key)}.lock`;
}

/**
 * The lock of whoever makes this run, or one shown under it, at this server. A trial's process may make its sweep's run,
 * on any machine that shares the folder.
 */
export function creationLockFile(folder: string, key: string): string {
  return `${sentName(folder, key)}.creation.lock`;
}

function sentName(folder: string, key: string): string {
  return path.join(folder, `mlflow-${createHash('sha256').update(key).digest('hex').slice(0, 8)}`);
}
