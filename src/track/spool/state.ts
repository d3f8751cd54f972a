/**
 * The small files beside a run's spool, each with one writer, each written whole (to a second name, then renamed):
 * `state.json` by the process that trains, `mlflow-<server>.json` by whoever sends to that server.
 */
import { createHash } from 'node:crypto';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { ProcessMark } from '../../machine/process-mark.ts';
import type { EndStatus } from '../run.ts';

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

export function readRunState(folder: string): RunState | undefined {
  return readJson(path.join(folder, 'state.json')) as RunState | undefined;
}

export function writeRunState(folder: string, state: RunState): void {
  writeJson(path.join(folder, 'state.json'), state);
}

/** @param key what names the server, see `Target.key` */
export function readSentState(folder: string, key: string): SentState | undefined {
  return readJson(`${sentName(folder, key)}.json`) as SentState | undefined;
}

export function writeSentState(folder: string, key: string, state: SentState): void {
  writeJson(`${sentName(folder, key)}.json`, state);
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

function readJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

function writeJson(file: string, value: unknown): void {
  const draft = `${file}.${process.pid}.tmp`;
  writeFileSync(draft, `${JSON.stringify(value, null, 2)}\n`);
  renameSync(draft, file);
}
