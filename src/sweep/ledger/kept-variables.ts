/**
 * What a sweep's files keep as it was written: the address of MLflow and the description. They change no result, may hold
 * a password, and everyone who works on the sweep reads its files.
 */
import { ExperimentError } from '../../errors.ts';
import type { Path } from '../../file/path.ts';
import type { Document } from '../../file/read.ts';

type Values = Readonly<Record<string, unknown>>;

/** What is told to others and to nothing that is computed: its variables stay variables, so that no secret is in a file. */
export function withVariables(base: Document, { tracking, ...values }: Values): Values {
  const description = writtenAt(base, ['description']);
  const uri = writtenAt(base, ['tracking', 'mlflow', 'uri']);
  const mlflow = (tracking as { mlflow?: Values } | undefined)?.mlflow;
  return {
    ...values,
    ...(description === undefined ? {} : { description }),
    ...(tracking === undefined ? {} : { tracking }),
    ...(uri === undefined ? {} : { tracking: { ...(tracking as Values), mlflow: { ...mlflow, uri } } }),
  };
}

/** @returns undefined where no variable stands in it */
function writtenAt(base: Document, path: Path): string | undefined {
  const tree = base.treeOf(path);
  return tree?.kind === 'scalar' ? tree.written : undefined;
}

export function writtenAddress(base: Document): string | undefined {
  return writtenAt(base, ['tracking', 'mlflow', 'uri']);
}

/** A password that is written out would have to be written again, for trials that run elsewhere. @throws ExperimentError */
export function refusePassword(base: Document): void {
  const path = ['tracking', 'mlflow', 'uri'];
  const tree = base.treeOf(path);
  const written = tree?.kind === 'scalar' ? (tree.written ?? tree.value) : null;
  if (typeof written !== 'string') return;
  const [, user = ''] = /:\/\/(.*)@/.exec(written.replaceAll(/\$\{env:[^}]*\}/g, '')) ?? [];
  if (!/:./.test(user)) return;
  const message = 'expected no password in the address of a sweep, whose files others read too';
  const hint =
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a variable of a file, as a person writes it.
    'Write it as ${env:NAME}, or leave it out and set MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD.';
  throw new ExperimentError([
    { code: 'wrongValue', path: path.join('.'), message, hint, place: base.placeOf(path) },
  ]);
}
