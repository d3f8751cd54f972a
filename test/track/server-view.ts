// Reads a run back from an MLflow server through its REST API, for the tests: what is really there.
export interface Point {
  readonly key: string;
  readonly value: number;
  readonly timestamp: number;
  readonly step: number;
}

export interface RunView {
  readonly info: Readonly<Record<string, string | number>>;
  readonly tags: Readonly<Record<string, string>>;
  readonly params: Readonly<Record<string, string>>;
  /** The newest value of each metric. */
  readonly metrics: Readonly<Record<string, number>>;
  readonly datasets: readonly { readonly dataset: Record<string, string>; readonly tags: readonly Pair[] }[];
}

interface Pair {
  readonly key: string;
  readonly value: string;
}

interface WireRun {
  readonly info: Record<string, string | number>;
  readonly data: { readonly tags?: Pair[]; readonly params?: Pair[]; readonly metrics?: Point[] };
  readonly inputs?: { readonly dataset_inputs?: RunView['datasets'] };
}

async function get<T>(uri: string, endpoint: string, query: Record<string, string>): Promise<T> {
  const response = await fetch(`${uri}/api/2.0/mlflow/${endpoint}?${new URLSearchParams(query)}`);
  if (!response.ok) throw new Error(`${endpoint}: ${response.status} ${await response.text()}`);
  return (await response.json()) as T;
}

/** The one run with our id. @throws where there is none, or more than one */
export async function viewRun(uri: string, runId: string): Promise<RunView> {
  const runs = await findRuns(uri, runId);
  if (runs.length !== 1) throw new Error(`expected one run ${runId}, found ${runs.length}`);
  const { run } = await get<{ run: WireRun }>(uri, 'runs/get', { run_id: String(runs[0]!.info.run_id) });
  const record = <T>(pairs: readonly { key: string; value: T }[] = []) =>
    Object.fromEntries(pairs.map(({ key, value }) => [key, value]));
  return {
    info: run.info,
    tags: record(run.data.tags),
    params: record(run.data.params),
    metrics: record(run.data.metrics),
    datasets: run.inputs?.dataset_inputs ?? [],
  };
}

async function findRuns(uri: string, runId: string): Promise<WireRun[]> {
  const { experiments } = await get<{ experiments: { experiment_id: string }[] }>(uri, 'experiments/search', {
    max_results: '1000',
  });
  const response = await fetch(`${uri}/api/2.0/mlflow/runs/search`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      experiment_ids: experiments.map(({ experiment_id }) => experiment_id),
      filter: `tags.\`manyheads.run_id\` = '${runId}'`,
      run_view_type: 'ALL',
    }),
  });
  return ((await response.json()) as { runs?: WireRun[] }).runs ?? [];
}

/** Every point of a metric, in the order of steps. */
export async function historyOf(uri: string, view: RunView, key: string): Promise<Point[]> {
  const points: Point[] = [];
  for (let token: string | undefined = ''; token !== undefined; ) {
    const query = { run_id: String(view.info.run_id), metric_key: key, max_results: '5000' };
    type Page = { metrics?: Point[]; next_page_token?: string };
    const page: Page = await get<Page>(
      uri,
      'metrics/get-history',
      token === '' ? query : { ...query, page_token: token },
    );
    points.push(...(page.metrics ?? []));
    token = page.next_page_token === '' ? undefined : page.next_page_token;
  }
  return points.sort((a, b) => a.step - b.step);
}

/** Paths of the files in one folder of a run's artifacts. */
export async function artifactsOf(uri: string, view: RunView, path = ''): Promise<string[]> {
  const query = { run_id: String(view.info.run_id), ...(path !== '' && { path }) };
  const { files } = await get<{ files?: { path: string }[] }>(uri, 'artifacts/list', query);
  return (files ?? []).map((file) => file.path).sort();
}

/** The bytes of an artifact. */
export async function artifactOf(uri: string, view: RunView, path: string): Promise<Buffer> {
  const query = new URLSearchParams({ path, run_uuid: String(view.info.run_id) });
  const response = await fetch(`${uri}/get-artifact?${query}`);
  if (!response.ok) throw new Error(`${path}: ${response.status}`);
  return Buffer.from(await response.arrayBuffer());
}
