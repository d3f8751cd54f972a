import assert from 'node:assert/strict';
import type { RequestListener } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { askMlflow } from '../../src/setup/mlflow-probe.ts';
import { freePort } from '../../src/track/free-port.ts';

/** Asks a server that answers like this. */
async function answerOf(
  listener: RequestListener,
  address = (port: number) => `http://127.0.0.1:${port}`,
  env = {},
) {
  const server = createServer(listener);
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  try {
    return await askMlflow(address((server.address() as AddressInfo).port), 5000, env);
  } finally {
    server.close();
    server.closeAllConnections();
  }
}

test('askMlflow - ok for JSON of the API, under a prefix too', async () => {
  const seen: string[] = [];
  const listener: RequestListener = (request, response) => {
    seen.push(request.url ?? '');
    response.end('{"experiments": []}');
  };
  assert.deepEqual(await answerOf(listener, (port) => `http://127.0.0.1:${port}/mlflow/`), { ok: true });
  assert.deepEqual(seen, ['/mlflow/api/2.0/mlflow/experiments/search?max_results=1']);
});

test('askMlflow - each refusal comes with its own advice', async () => {
  const cases: [number, string, RegExp][] = [
    [401, 'You are not authenticated', /MLFLOW_TRACKING_USERNAME/],
    [403, 'Invalid Host header - possible DNS rebinding attack detected', /--allowed-hosts/],
    [404, '<html>', /Check the port/],
    [200, '<html>another page</html>', /Check the port/],
    [503, '', /log of the server/],
  ];
  for (const [status, text, fix] of cases) {
    const answer = await answerOf((_request, response) => response.writeHead(status).end(text));
    assert.equal(answer.ok, false);
    if (!answer.ok) assert.match(answer.fix, fix);
  }
});

test('askMlflow - user and password of the address or of the environment are sent', async () => {
  const seen: string[] = [];
  const listener: RequestListener = (request, response) => {
    seen.push(request.headers.authorization ?? '');
    response.end('{}');
  };
  await answerOf(listener, (port) => `http://ada:p%40ss@127.0.0.1:${port}`);
  await answerOf(listener, undefined, { MLFLOW_TRACKING_TOKEN: 'abc' });
  assert.deepEqual(seen, [`Basic ${Buffer.from('ada:p@ss').toString('base64')}`, 'Bearer abc']);
});

test('askMlflow - nobody listens, and an address that is none', async () => {
  const silent = await askMlflow(`http://127.0.0.1:${await freePort()}`, 5000, {});
  assert.equal(!silent.ok && silent.found.startsWith('no answer'), true);
  const file = await askMlflow('file:///tmp/mlruns', 5000, {});
  assert.equal(!file.ok && file.found, 'file:///tmp/mlruns is no http address');
});
