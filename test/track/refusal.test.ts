import assert from 'node:assert/strict';
import { mkdtempSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, beforeEach, test } from 'node:test';
import { freePort } from '../../src/track/free-port.ts';
import { parseTarget, type Target } from '../../src/track/mlflow.ts';
import type { RunDescription } from '../../src/track/run.ts';
import { syncRuns } from '../../src/track/sync.ts';
import { createTracker, type Tracker } from '../../src/track/tracker.ts';
import { silent } from './test-server.ts';

/** What the server answers to everything, until a test says otherwise. */
let answer: (request: http.IncomingMessage, response: http.ServerResponse) => void;
let requests: http.IncomingMessage[] = [];
const server = http.createServer((request, response) => {
  requests.push(request);
  request.resume().on('end', () => answer(request, response));
});
let target: Target;

before(async () => {
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  target = parseTarget(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, 'test');
});
after(() => {
  server.closeAllConnections();
  server.close();
});
beforeEach(() => {
  requests = [];
});

const backoff = { firstMs: 5, longestMs: 20 };
const run: RunDescription = { runId: 'r', name: 'n', experiment: 'e', parameters: {}, tags: {} };

/** A run of three steps against the server as it is. */
async function train(to = target, endTimeoutMs = 2000, isSentLater = false): Promise<string[]> {
  const messages: string[] = [];
  const runsFolder = mkdtempSync(path.join(tmpdir(), 'manyheads-refusal-'));
  const notify = (message: string) => messages.push(message);
  const tracker = createTracker({ runsFolder, target: to, notify, backoff, endTimeoutMs, isSentLater });
  tracker.start(run);
  for (let step = 0; step < 3; step++) tracker.metrics(step, { loss: step });
  await tracker.end('FINISHED');
  return messages;
}

const plain = (status: number, body: string, type = 'text/html') => {
  answer = (_, response) => response.writeHead(status, { 'content-type': type }).end(body);
};
const refusals: [string, () => void, RegExp][] = [
  ['401', () => plain(401, 'You are not authenticated.'), /wants a user: set MLFLOW_TRACKING_USERNAME/],
  [
    '403 for the host name',
    () => plain(403, 'Invalid Host header - possible DNS rebinding attack detected', 'text/plain'),
    /does not serve the name 127\.0\.0\.1: start it with mlflow server --allowed-hosts '127\.0\.0\.1:\d+,/,
  ],
  [
    '403 for the user',
    () => plain(403, '{"error_code":"PERMISSION_DENIED","message":"Permission denied"}', 'application/json'),
    /forbids it \(Permission denied\): ask for the right/,
  ],
  [
    '404 that is no MLflow',
    () => plain(404, '<html>Not Found</html>'),
    /no MLflow server, or MLflow stands behind a path/,
  ],
  ['200 that is no MLflow', () => plain(200, '<html>Welcome</html>'), /something else than MLflow's JSON/],
  [
    'a login page',
    () => {
      answer = (_, response) => response.writeHead(302, { location: 'https://login.example/' }).end();
    },
    /sends us on to https:\/\/login\.example\//,
  ],
];

for (const [title, prepare, advice] of refusals) {
  test(`createTracker - ${title} is said once with advice, the run goes on and is kept`, async () => {
    prepare();
    const messages = await train();
    assert.equal(messages.length, 2, messages.join('\n'));
    assert.match(messages[0]!, advice);
    assert.match(messages[0]!, /events are kept in/);
    // begin, three steps, end
    assert.match(messages[1]!, /^5 events are not at http:.*: run sync r sends them$/);
    assert.equal(requests.length, 1);
  });
}

test('createTracker - a server error is tried again, Retry-After is kept, and one warning is given', async () => {
  let asked = 0;
  const times: number[] = [];
  answer = (_, response) => {
    times.push(performance.now());
    if (++asked <= 3) response.writeHead(503, { 'retry-after': asked === 1 ? '1' : '0' }).end('busy');
    else response.writeHead(401).end();
  };
  const messages: string[] = [];
  const runsFolder = mkdtempSync(path.join(tmpdir(), 'manyheads-refusal-'));
  let tracker: Tracker | undefined;
  await new Promise<void>((refused) => {
    const notify = (message: string) => {
      messages.push(message);
      if (message.includes('wants a user')) refused();
    };
    const patient = { firstMs: 100, longestMs: 200 };
    tracker = createTracker({ runsFolder, target, notify, backoff: patient });
    tracker.start(run);
  });
  await tracker?.end('FINISHED');
  assert.equal(asked, 4);
  assert.ok(times[1]! - times[0]! >= 990, `waited ${times[1]! - times[0]!} ms`);
  assert.equal(messages.filter((message) => message.includes('does not answer (HTTP 503)')).length, 1);
});

test('end - a server that never answers is waited for no longer than the limit', async () => {
  answer = () => undefined;
  const begun = performance.now();
  const messages = await train(target, 300);
  const took = performance.now() - begun;
  assert.ok(took >= 290 && took < 3000, `took ${took} ms`);
  assert.match(messages.join('\n'), /5 events are not at/);
});

test('end - where somebody else sends what is left, a server that is away or silent is not waited for', async () => {
  const took = async (to: typeof target): Promise<number> => {
    const begun = performance.now();
    const messages = await train(to, 60_000, true);
    assert.match(messages.join('\n'), /5 events are not at/);
    return performance.now() - begun;
  };
  const away = await took(parseTarget(`http://127.0.0.1:${await freePort()}`, 'test'));
  assert.ok(away < 3000, `took ${away} ms`);
  answer = () => undefined;
  const silent = await took(target);
  assert.ok(silent >= 4900 && silent < 9000, `took ${silent} ms`);
});

test('syncRuns - a server that is away is given up, and no run is tried after it', async () => {
  const runsFolder = mkdtempSync(path.join(tmpdir(), 'manyheads-refusal-'));
  for (const runId of ['a', 'b']) {
    const tracker = createTracker({ runsFolder, notify: assert.fail });
    tracker.start({ ...run, runId });
    await tracker.end('FINISHED');
  }
  const away = parseTarget(`http://127.0.0.1:${await freePort()}`, 'test');
  const messages: string[] = [];
  const progress = {
    ...silent,
    notify: (message: string) => void messages.push(message),
    backoff,
  };
  const results = await syncRuns(runsFolder, 'all', away, progress);
  assert.deepEqual(
    results.map(({ runId, outcome, left }) => [runId, outcome, left]),
    [
      ['a', 'away', 2],
      ['b', 'away', 2],
    ],
  );
  assert.equal(messages.length, 1);
  assert.match(messages[0]!, /does not answer \(ECONNREFUSED\)/);
});

test('syncRuns - unknown runs are an error that names them all', async () => {
  const runsFolder = mkdtempSync(path.join(tmpdir(), 'manyheads-refusal-'));
  const progress = { ...silent, notify: () => undefined };
  await assert.rejects(syncRuns(runsFolder, ['x', 'y'], target, progress), /found no "x"[\s\S]*found no "y"/);
});

test('createTracker - user, password and path of the address are used; the password is never shown', async () => {
  plain(401, 'no');
  const { port } = new URL(target.uri);
  const messages = await train(parseTarget(`http://an%40na:s%3Acret@127.0.0.1:${port}/mlflow/`, 'test'));
  assert.ok(requests[0]?.url?.startsWith('/mlflow/api/2.0/mlflow/experiments/get-by-name?'));
  const expected = `Basic ${Buffer.from('an@na:s:cret').toString('base64')}`;
  assert.equal(requests[0]?.headers.authorization, expected);
  assert.ok(!messages.join().includes('cret'));
});

test('createTracker - a certificate file that is missing is named', async () => {
  const runsFolder = mkdtempSync(path.join(tmpdir(), 'manyheads-refusal-'));
  writeFileSync(path.join(runsFolder, 'x'), '');
  process.env.MLFLOW_TRACKING_SERVER_CERT_PATH = path.join(runsFolder, 'none.pem');
  try {
    const secure = parseTarget('https://127.0.0.1:1', 'test');
    const tracker = createTracker({ runsFolder, target: secure, notify: assert.fail });
    assert.throws(() => tracker.start(run), /MLFLOW_TRACKING_SERVER_CERT_PATH: cannot read .*none\.pem/);
  } finally {
    delete process.env.MLFLOW_TRACKING_SERVER_CERT_PATH;
  }
});
