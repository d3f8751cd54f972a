// Sweeps through a real Redis: workers that are killed, a server that is restarted, and every way to be refused.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { keyFor, stream } from '../../../../src/random.ts';
import { queueAddress } from '../../../../src/sweep/launch/bullmq/url.ts';
import { runCommand, type Started, startCommand } from '../../../run/command.ts';
import { makeTiny, type Tiny } from '../../../run/tiny.ts';
import { asha, assertHalved, writeHalving } from '../../halving.ts';
import {
  assertOneResult,
  begunSweep,
  newRuns,
  reportOf,
  states,
  sweepFolder,
  until,
  writeSweep,
} from '../../real-sweep.ts';
import { createRedis, type RedisServer, withoutRedis } from './redis-server.ts';

const options = { skip: withoutRedis ?? false };
/** How often workers are killed: 4, or so many as this variable says. */
const KILLS = Number(process.env.TEST_KILLS ?? 4);
/** So many that the trials outlast the kills. */
const KILL_EPOCHS = 20 + KILLS ** 2;

let tiny: Tiny;
const started: Started[] = [];
before(async () => {
  if (withoutRedis === undefined) tiny = await makeTiny(30);
});
after(async () => {
  for (const { child } of started) child.kill('SIGKILL');
  await Promise.all(started.map(({ finished }) => finished));
});

async function redis(t: TestContext, words?: readonly string[]): Promise<RedisServer> {
  const server = await createRedis(words);
  t.after(() => server.remove());
  await server.start();
  return server;
}

function start(args: readonly string[], environment: Record<string, string>): Started {
  const one = startCommand(args, environment);
  started.push(one);
  return one;
}

const environmentOf = ({ port }: RedisServer): Record<string, string> => ({
  MANYHEADS_RUNS: newRuns(),
  MANYHEADS_QUEUE: `redis://127.0.0.1:${port}`,
});
const worker = (environment: Record<string, string>, ...more: string[]): Started =>
  start(['worker', '--takeover', '2', ...more], environment);
const sweep = (file: string, environment: Record<string, string>): Started =>
  start(['sweep', file, '--launcher', 'bullmq', '--json'], environment);

function sweepFile(name: string, epochs: number, trials = 4): string {
  const rates = [0.01, 0.02, 0.03, 0.04].slice(0, trials);
  return writeSweep(tiny, name, `axes: { optimizer.learningRate: [${rates}] }\n`, epochs);
}

const attemptsOf = (folder: string) => states(folder).flatMap(({ attempts }) => attempts);

async function assertFinished(driver: Started, folder: string): Promise<void> {
  assert.equal(reportOf(await driver.finished).status, 'finished');
  assertOneResult(folder);
}

test(
  'run worker - two of them share a sweep; each trial runs once; an empty queue ends them',
  options,
  async (t) => {
    const environment = environmentOf(await redis(t));
    const driver = sweep(sweepFile('shared', 1), environment);
    const folder = await begunSweep(environment.MANYHEADS_RUNS!, 'shared');
    // After the plan, as on a busy machine planning takes longer than the two seconds.
    const workers = [0, 1].map(() => worker(environment, '--idle-exit', '2', '--json'));
    await assertFinished(driver, folder);
    const ends = await Promise.all(workers.map(({ finished }) => finished));
    const done = ends.map(({ stdout }) => (JSON.parse(stdout) as { done: number }).done);
    assert.deepEqual(
      ends.map(({ code }) => code),
      [0, 0],
    );
    assert.equal(done[0]! + done[1]!, 4);
    assert.equal(attemptsOf(folder).length, 4);
  },
);

test(
  'run worker - asha: each rung is a job, and the best go on from their checkpoints',
  options,
  async (t) => {
    const environment = environmentOf(await redis(t));
    const driver = sweep(writeHalving(tiny, 'halving', asha), environment);
    const one = worker(environment, '--parallel', '2');
    const report = reportOf(await driver.finished);
    assertHalved(sweepFolder(environment.MANYHEADS_RUNS!, 'halving'), report);
    one.child.kill('SIGTERM');
    assert.equal((await one.finished).code, 0);
  },
);

test(
  `run worker - killed with -9 at ${KILLS} random moments: trials are taken over, each has one result`,
  options,
  async (t) => {
    const environment = environmentOf(await redis(t));
    const driver = sweep(sweepFile('killed', KILL_EPOCHS), environment);
    const folder = await begunSweep(environment.MANYHEADS_RUNS!, 'killed');
    const workers = [worker(environment)];
    await until('an attempt', () => attemptsOf(folder).length > 0);
    const numbers = stream(keyFor(0, 'kills'));
    for (let kills = 0; kills < KILLS; kills++) {
      const victim = workers[kills % workers.length]!;
      await until('a trial of the worker', () => / {2}optimizer/.test(victim.stderr()));
      await sleep(3000 * numbers.uniform());
      victim.child.kill('SIGKILL');
      await victim.finished;
      workers[workers.indexOf(victim)] = worker(environment);
      if (workers.length < 2) workers.push(worker(environment));
    }
    await assertFinished(driver, folder);
    assert.ok(attemptsOf(folder).length > 4, 'at least one trial was cut off');
    for (const { child, finished } of workers) {
      child.kill('SIGTERM');
      assert.equal((await finished).code, 0);
    }
  },
);

for (const [name, words] of [
  ['with its data', ['--port', 'PORT', '--appendonly', 'yes']],
  ['empty', ['--port', 'PORT', '--save', '']],
] as const) {
  test(
    `run sweep --launcher bullmq - Redis is killed and comes back ${name}: nothing is lost`,
    options,
    async (t) => {
      const server = await redis(t, words);
      const environment = environmentOf(server);
      const file = sweepFile(`restart${words.length}${name.length}`, 6, 2);
      const driver = sweep(file, environment);
      const folder = await begunSweep(
        environment.MANYHEADS_RUNS!,
        file.split('/').at(-1)!.replace('.yaml', ''),
      );
      const one = worker(environment);
      await until('a trial', () => /begins/.test(one.stderr()));
      await server.stop('SIGKILL');
      await until('a word of the worker', () => /is lost/.test(one.stderr()));
      await until('a word of the driver', () => /is lost/.test(driver.stderr()));
      await server.start();
      await assertFinished(driver, folder);
      assert.match(driver.stderr(), /is back/);
      one.child.kill('SIGTERM');
      assert.equal((await one.finished).code, 0);
    },
  );
}

test(
  'run worker - the second signal stops a trial with a checkpoint, another worker goes on; Ctrl-C at the driver stops both',
  options,
  async (t) => {
    const environment = environmentOf(await redis(t));
    const driver = sweep(sweepFile('drained', 400, 1), environment);
    const folder = await begunSweep(environment.MANYHEADS_RUNS!, 'drained');
    const first = worker(environment, '--drain-timeout', '1');
    await until('an epoch', () => attemptsOf(folder).length > 0);
    first.child.kill('SIGTERM');
    const { code, stderr } = await first.finished;
    assert.equal(code, 130, stderr);
    assert.deepEqual(
      attemptsOf(folder).map(({ exit }) => exit?.code),
      [75],
    );
    const second = worker(environment);
    await until('another attempt', () => attemptsOf(folder).length === 2);
    driver.child.kill('SIGINT');
    assert.equal((await driver.finished).code, 130);
    assert.ok(attemptsOf(folder).every(({ exit }) => exit?.code === 75));
    second.child.kill('SIGTERM');
    assert.equal((await second.finished).code, 0);
  },
);

test(
  'run worker - user, password and TLS; what is refused, and why; no password is shown',
  options,
  async (t) => {
    const acl = join(mkdtempSync(join(tmpdir(), 'manyheads-acl-')), 'users.acl');
    writeFileSync(
      acl,
      'user default off\nuser sweep on >s3/cret ~bull:manyheads:* &bull:* +@all -@admin -@dangerous +info\n',
    );
    const keys = mkdtempSync(join(tmpdir(), 'manyheads-tls-'));
    const [key, certificate] = [join(keys, 'key.pem'), join(keys, 'cert.pem')];
    execFileSync(
      'openssl',
      `req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -addext subjectAltName=DNS:localhost,IP:127.0.0.1 -keyout ${key} -out ${certificate}`.split(
        ' ',
      ),
      { stdio: 'ignore' },
    );
    const files = ['--tls-cert-file', certificate, '--tls-key-file', key, '--tls-ca-cert-file', certificate];
    const tls = await redis(t, [
      '--port',
      '0',
      '--tls-port',
      'PORT',
      ...files,
      '--tls-auth-clients',
      'no',
      '--aclfile',
      acl,
    ]);
    const plain = await redis(t);
    const evicting = await redis(t, ['--port', 'PORT', '--maxmemory-policy', 'allkeys-lru']);

    const at = async (queue: string, more: Record<string, string> = {}) => {
      const environment = { ...more, MANYHEADS_QUEUE: queue, MANYHEADS_RUNS: keys };
      const { code, stderr } = await runCommand(['worker', '--idle-exit', '1'], environment);
      assert.doesNotMatch(stderr, /s3|wrong-one/);
      return `${code} ${stderr}`;
    };
    const trusted = { NODE_EXTRA_CA_CERTS: certificate, PASSWORD: 's3/cret' };
    const good = `rediss://sweep:\${env:PASSWORD}@localhost:${tls.port}`;
    const answers = await Promise.all([
      at(good, trusted),
      at(good, { PASSWORD: 's3/cret' }),
      at(good, { ...trusted, PASSWORD: 'wrong-one' }),
      at(`rediss://localhost:${tls.port}`, trusted),
      at(`redis://localhost:${tls.port}`),
      at(`rediss://localhost:${plain.port}`),
      at(`redis://127.0.0.1:${evicting.port}`),
      at('redis://127.0.0.1:1'),
      at('http://127.0.0.1'),
    ]);
    const expected = [
      /^0 Takes trials from rediss:\/\/•••@localhost/,
      /^1 failed: the certificate .* is not signed by anybody known here/,
      /^1 failed: .* does not accept this user and password/,
      /^1 failed: .* wants a password/,
      /^1 failed: .* does not answer as Redis does[\s\S]*write rediss:/,
      /^1 failed: .* does not speak TLS[\s\S]*write redis:/,
      /^1 failed: Redis has maxmemory-policy allkeys-lru/,
      /^1 failed: there is no Redis server at redis:\/\/127\.0\.0\.1:1 /,
      /^2 --queue: expected redis:/,
    ];
    for (const [i, pattern] of expected.entries()) assert.match(answers[i]!, pattern);
  },
);

test('queueAddress - parts of the URL, the password from a variable, and nothing secret in what is shown', () => {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: it is what a person writes.
  const address = queueAddress('rediss://me:${env:P}@host:1234/3', { P: 'a@b/c:d' });
  assert.deepEqual(address, {
    host: 'host',
    port: 1234,
    username: 'me',
    password: 'a@b/c:d',
    database: 3,
    tls: true,
    shown: 'rediss://me@host:1234/3',
    isPasswordOpen: false,
  });
  assert.equal(queueAddress('redis://:secret@host', {}).isPasswordOpen, true);
  assert.throws(
    () => queueAddress('redis://me:secret@host/x', {}),
    (error: Error) => !error.message.includes('secret'),
  );
});
