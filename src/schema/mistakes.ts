/** One mistake that ajv found, as a sentence with what was expected, what was found and what to do. */
import type { ErrorObject } from 'ajv';
import type { ProblemCode } from '../errors.ts';
import { meantName, namesHint } from '../file/names.ts';
import { formatPath, type Path } from '../file/path.ts';
import { describeValue } from '../file/tree.ts';
import { own } from '../words.ts';
import { habitHint } from './habits.ts';
import { belongsHint } from './keys.ts';
import { resolveRef, rootOf, type Schema } from './refs.ts';
import { experimentSchema, tagOf } from './schema.ts';
import { expectation, firstSentence } from './sentences.ts';

export interface Finding {
  readonly code: ProblemCode;
  readonly path: Path;
  /** Path of what is marked in the file: the key or value itself, or the map that lacks a key. */
  readonly at: Path;
  readonly mark: 'key' | 'value';
  readonly message: string;
  readonly hint?: string | undefined;
}

/** One error with what is needed to say it. */
export interface Case {
  readonly error: ErrorObject;
  readonly schema: Schema;
  readonly value: unknown;
  readonly path: Path;
  /** Whether only what is wrong is said, and not what was meant. */
  readonly isBrief?: boolean;
  /** The line of the file from a path's value on. */
  readonly written: (path: Path) => string;
}

/** @returns nothing for what ajv says twice */
export function explainOne(it: Case): Finding[] {
  const { error, schema, value, path, written } = it;
  // The parts of `propertyNames` carry the key's name; their whole is said once, by the keyword itself.
  if (error.propertyName !== undefined) return [];
  const params: Record<string, unknown> = error.params;
  const say = (code: ProblemCode, message: string, hint?: string): Finding[] => [
    { code, path, at: path, mark: 'value', message, hint },
  ];
  const about = firstSentence(schema.description);
  switch (error.keyword) {
    case 'additionalProperties':
      return unknownKey(it, String(params.additionalProperty));
    case 'required':
      return missingKey(it, String(params.missingProperty));
    case 'discriminator':
      return wrongTag(it);
    case 'type':
      return say(
        'wrongType',
        `expected ${expectation(schema)}, got ${describeValue(value)}`,
        habitHint(schema, value, written(path)) ?? about,
      );
    case 'enum': {
      const meant = typeof value === 'string' ? meantName(value, (schema.enum ?? []).map(String)) : undefined;
      const hint = meant === undefined ? about : `Did you mean "${meant}"?`;
      return say(
        typeof value === 'string' ? 'wrongValue' : 'wrongType',
        `expected ${expectation(schema)}, got ${describeValue(value)}`,
        hint,
      );
    }
    case 'minimum':
    case 'maximum':
    case 'exclusiveMinimum':
    case 'exclusiveMaximum':
      return say('outOfRange', `expected ${expectation(schema)}, got ${value}`, about);
    case 'pattern':
    case 'minLength':
      return say('wrongValue', `expected ${expectation(schema)}, got ${describeValue(value)}`, about);
    case 'maxLength':
      return say(
        'wrongValue',
        `expected at most ${count(schema.maxLength, 'character')}, got ${String(value).length}`,
        about,
      );
    case 'minItems':
      return say(
        'outOfRange',
        `expected at least ${count(schema.minItems, 'element')}, got ${(value as unknown[]).length}`,
        about,
      );
    case 'maxItems':
      return say(
        'outOfRange',
        `expected at most ${count(schema.maxItems, 'element')}, got ${(value as unknown[]).length}`,
        about,
      );
    case 'minProperties':
      return say(
        'outOfRange',
        `expected at least ${count(schema.minProperties, 'key')}, got an empty map`,
        about,
      );
    case 'uniqueItems': {
      const [first, second] = [Number(params.i), Number(params.j)].sort((a, b) => a - b) as [number, number];
      const at = [...path, second];
      const message = `${JSON.stringify((value as unknown[])[second])} stands twice in the list, first as [${first}]`;
      return [
        { code: 'duplicateName', path: at, at, mark: 'value', message, hint: 'Remove one of the two.' },
      ];
    }
    case 'propertyNames': {
      const key = String(params.propertyName);
      const { maxLength = Number.POSITIVE_INFINITY } = schema.propertyNames ?? {};
      const wanted =
        key.length > maxLength
          ? `at most ${count(maxLength, 'character')}`
          : expectation(schema.propertyNames ?? {});
      const message = `expected a key of ${wanted}, got ${JSON.stringify(key)}`;
      return [
        { code: 'wrongValue', path: [...path, key], at: [...path, key], mark: 'key', message, hint: about },
      ];
    }
    default:
      return say('wrongValue', error.message ?? error.keyword, about);
  }
}

function unknownKey({ schema, path, isBrief }: Case, key: string): Finding[] {
  const keys = Object.keys(schema.properties ?? {});
  const tag = tagOf(schema);
  const owner =
    tag !== undefined
      ? `the ${path.at(-1)} "${tag}"`
      : path.length === 0
        ? `${schema.title === 'Experiment' ? 'an' : 'a'} ${schema.title?.toLowerCase()}`
        : formatPath(path);
  const at = [...path, key];
  const message = `${owner} has no key "${key}"`;
  if (isBrief) return [{ code: 'unknownKey', path: at, at, mark: 'key', message }];
  const belongs =
    meantName(key, keys) !== undefined
      ? undefined
      : isSweepOwn(schema, path) && Object.hasOwn(experimentSchema().properties ?? {}, key)
        ? ofExperiment(key)
        : belongsHint(key, path, rootOf(schema));
  const hint = [belongs, namesHint(key, keys, 'Keys here')].filter((part) => part !== undefined).join(' ');
  return [{ code: 'unknownKey', path: at, at, mark: 'key', message, hint }];
}

const isSweepOwn = (schema: Schema, path: Path): boolean => path.length === 0 && schema.title === 'Sweep';

function ofExperiment(key: string): string {
  return `"${key}" is a key of the experiment: fix its values under values, or vary them under axes. As an argument: 'values["stages[0].epochs"]=3'.`;
}

function missingKey({ schema, path }: Case, key: string): Finding[] {
  const property = own(schema.properties, key) ?? {};
  const about = firstSentence(property.description ?? resolveRef(property).description);
  return [missing(path, key, expectation(property), about)];
}

function missing(path: Path, key: string, wanted: string, hint?: string): Finding {
  return {
    code: 'missingKey',
    path: [...path, key],
    at: path,
    mark: 'value',
    message: `the key "${key}" is missing: ${wanted}`,
    hint,
  };
}

function wrongTag({ error, schema, value, path }: Case): Finding[] {
  const tag = String(error.params.tag);
  const map = value as Readonly<Record<string, unknown>>;
  const at = [...path, tag];
  const names = (schema.oneOf ?? []).map(tagOf).filter((name) => name !== undefined);
  if (!Object.hasOwn(map, tag)) return [missing(path, tag, namesOf(names))];
  const got = map[tag];
  if (typeof got === 'string') {
    return [
      {
        code: 'wrongValue',
        path: at,
        at,
        mark: 'value',
        message: `there is no ${nounOf(schema) ?? path.at(-1)} "${got}"`,
        hint: namesHint(got, names),
      },
    ];
  }
  return [
    {
      code: 'wrongType',
      path: at,
      at,
      mark: 'value',
      message: `expected ${namesOf(names)}, got ${describeValue(got)}`,
    },
  ];
}

/** `HeadLoss` as `head loss`. */
function nounOf({ title }: Schema): string | undefined {
  return title?.replace(/(?<=[a-z])(?=[A-Z])/g, ' ').toLowerCase();
}

function namesOf(names: readonly string[]): string {
  return expectation({ enum: names });
}

function count(number: number | undefined, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
