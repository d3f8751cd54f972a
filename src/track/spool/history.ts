/**
 * What a spool tells of its run, read once from its start: how it began, what is known already, how it ended.
 */

import type { EndStatus } from '../run.ts';
import type { RunEvent } from './events.ts';
import { allEvents } from './read.ts';

export interface SpoolHistory {
  /** The first attempt's beginning; absent where the spool is empty. */
  readonly first: RunEvent | undefined;
  readonly attempts: number;
  /** Steps of every metric by its name in the spool. */
  readonly steps: ReadonlyMap<string, ReadonlySet<number>>;
  /** `key step` of every picture. */
  readonly images: ReadonlySet<string>;
  /** Renamed metrics: key to name. */
  readonly names: ReadonlyMap<string, string>;
  readonly nonFinite: number;
  /** The next step of the system metrics. */
  readonly systemStep: number;
  /** Time of the last event, milliseconds since 1970. */
  readonly lastTime: number;
  /** How the last attempt ended; absent where it did not say. */
  readonly ended: EndStatus | undefined;
}

export function readHistory(file: string): SpoolHistory {
  let first: RunEvent | undefined;
  let attempts = 0;
  const steps = new Map<string, Set<number>>();
  const images = new Set<string>();
  const names = new Map<string, string>();
  let nonFinite = 0;
  let systemStep = 0;
  let lastTime = 0;
  let ended: EndStatus | undefined;
  for (const { event } of allEvents(file)) {
    lastTime = Math.max(lastTime, event.time);
    switch (event.type) {
      case 'run':
        first ??= event;
        attempts = event.attempt;
        ended = undefined;
        break;
      case 'name':
        names.set(event.key, event.name);
        break;
      case 'metrics':
        for (const [name, value] of Object.entries(event.values)) {
          const known = steps.get(name) ?? new Set();
          steps.set(name, known.add(event.step));
          if (typeof value === 'string') nonFinite++;
        }
        break;
      case 'system':
        systemStep = Math.max(systemStep, event.step + 1);
        break;
      case 'image':
        images.add(`${event.key} ${event.step}`);
        break;
      case 'end':
        ended = event.status;
        break;
    }
  }
  return { first, attempts, steps, images, names, nonFinite, systemStep, lastTime, ended };
}
