/**
 * Which MLflow server a run is told to: the variable MLFLOW_TRACKING_URI, else the file's `tracking.mlflow.uri`,
 * else none. Only http and https are servers; a folder or a database is not, and is an error that says what to do.
 */
import { ExperimentError, type Place } from '../errors.ts';

export interface Target {
  /** Address without user and password and without a slash at its end; may have a path. */
  readonly uri: string;
  /** What the server is called in a run's folder. The address, or for the embedded store, whose port changes, the store. */
  readonly key: string;
  /** User and password out of the address. */
  readonly login?: { readonly user: string; readonly password: string } | undefined;
  /** Experiment to use whatever the file says: MLFLOW_EXPERIMENT_NAME. */
  readonly experiment?: string | undefined;
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * @param fileUri what the experiment's file says; null for nothing
 * @param place where it stands, for the error
 * @returns nothing where no server is named
 * @throws ExperimentError `wrongValue` for an address that is no http server
 */
export function chooseTarget(
  fileUri: string | null | undefined,
  environment: Environment = process.env,
  place?: Place,
): Target | undefined {
  const fromEnvironment = environment.MLFLOW_TRACKING_URI?.trim();
  const isSet = fromEnvironment !== undefined && fromEnvironment !== '';
  const uri = isSet ? fromEnvironment : fileUri;
  if (uri === null || uri === undefined || uri === '') return undefined;
  const path = isSet ? 'MLFLOW_TRACKING_URI' : 'tracking.mlflow.uri';
  return {
    ...parseTarget(uri, path, isSet ? undefined : place),
    experiment: environment.MLFLOW_EXPERIMENT_NAME,
  };
}

/**
 * @param path what names the address in an error
 * @throws ExperimentError as `chooseTarget`
 */
export function parseTarget(uri: string, path: string, place?: Place): Target {
  const refuse = (found: string, hint: string): never => {
    const message = `expected the http or https address of an MLflow server, found ${found}`;
    throw new ExperimentError([{ code: 'wrongValue', path, message, hint, place }]);
  };
  if (!/^https?:\/\//i.test(uri)) {
    const shown = uri.replace(/\/\/[^/@]*@/, '//');
    refuse(
      `"${shown}"`,
      /^databricks|^uc:/i.test(uri)
        ? 'Databricks is not supported; leave it out, and the run is kept in runs/.'
        : 'Leave it out: the run is kept in runs/, and run ui shows it on a private MLflow with an embedded SQLite store.',
    );
  }
  let parsed: URL | undefined;
  try {
    parsed = new URL(uri);
  } catch {
    parsed = undefined;
  }
  if (!parsed) return refuse('an address that cannot be read', 'Write it as http://host:5000.');
  const address = `${parsed.origin}${parsed.pathname.replace(/\/+$/, '')}`;
  const login =
    parsed.username === ''
      ? undefined
      : { user: decodeURIComponent(parsed.username), password: decodeURIComponent(parsed.password) };
  return { uri: address, key: address, login };
}
