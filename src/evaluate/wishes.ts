/** `--threshold head.class=precision:0.95` and `--unsure 0.6`: words of a command to wishes for heads that are there. */
import type { HeadDescription } from '../bundle/model.ts';
import { ExperimentError, type Problem } from '../errors.ts';
import { namesHint } from '../file/names.ts';
import type { Wish } from './threshold.ts';

export interface ClassWish extends Wish {
  readonly head: string;
  readonly class: string;
}

/** By head. */
export type UnknownBelow = Readonly<Record<string, number>>;

type Heads = readonly Pick<HeadDescription, 'name' | 'classes'>[];

/** @throws ExperimentError `badArgument` with every mistake */
export function parseWishes(
  thresholds: readonly string[],
  unsure: readonly string[],
  heads: Heads,
): { readonly thresholds: ClassWish[]; readonly unknownBelow: UnknownBelow } {
  const problems: Problem[] = [];
  const wishes = thresholds.flatMap((text) => {
    const wish = thresholdOf(text, heads);
    if ('head' in wish) return [wish];
    problems.push(wish);
    return [];
  });
  wishes.forEach(({ head, class: name }, i) => {
    if (wishes.slice(0, i).some((other) => other.head === head && other.class === name))
      problems.push(wrong('--threshold', `${head}.${name} has two thresholds`, 'Give it one.'));
  });
  const all = new Map<string, number>();
  const own = new Map<string, number>();
  for (const text of unsure) {
    const limit = limitOf(text, heads);
    if ('code' in limit) problems.push(limit);
    else if (limit.head === null) for (const { name } of heads) all.set(name, limit.value);
    else own.set(limit.head, limit.value);
  }
  if (problems.length > 0) throw new ExperimentError(problems);
  return { thresholds: wishes, unknownBelow: Object.fromEntries([...all, ...own]) };
}

const THRESHOLD_FORM = 'Write head.class=precision:0.95 or head.class=recall:0.9.';

function thresholdOf(text: string, heads: Heads): ClassWish | Problem {
  const mistake = (message: string, hint: string | undefined): Problem => wrong('--threshold', message, hint);
  const parts = /^(.*)=(precision|recall):([^:=]+)$/.exec(text);
  const value = Number(parts?.[3]);
  if (parts === null || !(value > 0 && value <= 1))
    return mistake(
      `expected a head, a class and a wish from above 0 to 1, got ${JSON.stringify(text)}`,
      THRESHOLD_FORM,
    );
  const [, place, kind] = parts as unknown as [string, string, 'precision' | 'recall'];
  // Names of heads and of classes may hold dots: the longest head that fits is meant.
  const head = heads
    .filter(({ name }) => place.startsWith(`${name}.`))
    .reduce<Heads[number] | undefined>(
      (best, one) => (best === undefined || one.name.length > best.name.length ? one : best),
      undefined,
    );
  if (head === undefined) {
    const names = heads.map(({ name }) => name);
    return mistake(
      `expected a head and a class, as ${names[0]}.${heads[0]?.classes[0]}, got "${place}"`,
      namesHint(place.split('.')[0]!, names, 'The heads'),
    );
  }
  const name = place.slice(head.name.length + 1);
  if (head.classes.includes(name)) return { head: head.name, class: name, kind, value };
  return mistake(
    `the head ${head.name} has no class "${name}"`,
    namesHint(name, head.classes, 'The classes'),
  );
}

function limitOf(text: string, heads: Heads): { head: string | null; value: number } | Problem {
  const [, head, number] = /^(?:(.*)=)?([^=]*)$/.exec(text) ?? [];
  const value = number === '' ? Number.NaN : Number(number);
  if (!(value > 0 && value <= 1))
    return wrong(
      '--unsure',
      `expected a probability from above 0 to 1, got ${JSON.stringify(text)}`,
      'Write 0.6 for all heads, or head=0.6.',
    );
  if (head === undefined) return { head: null, value };
  const names = heads.map(({ name }) => name);
  if (names.includes(head)) return { head, value };
  return wrong('--unsure', `there is no head "${head}"`, namesHint(head, names, 'The heads'));
}

function wrong(path: string, message: string, hint: string | undefined): Problem {
  return { code: 'badArgument', path, message, hint };
}
