import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { ExperimentError } from '../../src/errors.ts';
import { authorization } from '../../src/track/credentials.ts';
import { chooseTarget, parseTarget } from '../../src/track/mlflow.ts';
import { gatherProvenance, provenanceTags } from '../../src/track/provenance.ts';
import { gpuValues, startSystemMetrics } from '../../src/track/system-metrics.ts';
import { pageOf } from '../../src/track/ui.ts';

test('chooseTarget - the variable wins over the file, and nothing is no server', () => {
  const environment = { MLFLOW_TRACKING_URI: 'http://env:5000/' };
  assert.equal(chooseTarget('http://file:5000', environment)?.uri, 'http://env:5000');
  assert.equal(chooseTarget('http://file:5000', {})?.uri, 'http://file:5000');
  assert.equal(chooseTarget('http://file:5000', { MLFLOW_TRACKING_URI: ' ' })?.uri, 'http://file:5000');
  assert.equal(chooseTarget(null, {}), undefined);
  assert.equal(chooseTarget(null, { ...environment, MLFLOW_EXPERIMENT_NAME: 'x' })?.experiment, 'x');
});

test('chooseTarget - a folder or a database is an error that names run ui and the place', () => {
  const place = { file: 'a.yaml', line: 3, column: 5, text: '    uri: ./mlruns' };
  for (const uri of ['./mlruns', 'file:///tmp/mlruns', 'sqlite:///mlflow.db', '/tmp/mlruns', 'databricks']) {
    assert.throws(
      () => chooseTarget(uri, {}, place),
      (error) => {
        assert.ok(error instanceof ExperimentError);
        const [problem] = error.problems;
        assert.equal(problem?.code, 'wrongValue');
        assert.equal(problem?.path, 'tracking.mlflow.uri');
        assert.equal(problem?.place, place);
        assert.match(problem?.hint ?? '', uri === 'databricks' ? /not supported/ : /run ui/);
        return true;
      },
    );
  }
  assert.throws(
    () => chooseTarget(null, { MLFLOW_TRACKING_URI: './mlruns' }),
    /^.*MLFLOW_TRACKING_URI: expected the http/,
  );
});

test('chooseTarget - a password is not repeated in an error', () => {
  assert.throws(
    () => chooseTarget('postgresql://ann:secret@db/mlflow', {}),
    (error) => error instanceof ExperimentError && !error.message.includes('secret'),
  );
});

test('authorization - variables, then the address, then the credentials file, then the token', () => {
  const HOME = mkdtempSync(path.join(tmpdir(), 'manyheads-home-'));
  const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`;
  const plain = parseTarget('http://h:5000', 'x');
  const named = parseTarget('http://ann:b%40d@h:5000', 'x');
  const token = { HOME, MLFLOW_TRACKING_TOKEN: 't0ken' };
  assert.equal(authorization(plain, { HOME }), undefined);
  assert.equal(authorization(plain, token), 'Bearer t0ken');
  mkdirSync(path.join(HOME, '.mlflow'));
  const text =
    '[other]\nmlflow_tracking_username = no\n[mlflow]\nmlflow_tracking_username = carl\nmlflow_tracking_password=p=1\n';
  writeFileSync(path.join(HOME, '.mlflow', 'credentials'), text);
  assert.equal(authorization(plain, token), basic('carl:p=1'));
  assert.equal(authorization(named, token), basic('ann:b@d'));
  const user = { ...token, MLFLOW_TRACKING_USERNAME: 'eva', MLFLOW_TRACKING_PASSWORD: 'x' };
  assert.equal(authorization(named, user), basic('eva:x'));
});

test('pageOf - the experiment, the run itself, or the list', () => {
  const run = { experimentId: '4', mlflowRunId: 'ab' };
  assert.equal(pageOf('http://h', run, false), 'http://h/#/experiments/4?workflowType=machine_learning');
  assert.equal(
    pageOf('http://h', run, true),
    'http://h/#/experiments/4/runs/ab?workflowType=machine_learning',
  );
  assert.equal(pageOf('http://h', undefined, true), 'http://h/#/experiments?workflowType=machine_learning');
});

test('gpuValues - lines of nvidia-smi under the names of MLflow, a field that is not told left out', () => {
  // 1,000 MiB are 1,048.576 MB; 1,000 of 4,000 is a quarter; 60 of 240 W too
  const output = '0, 37, 1000, 4000, 60.0, 240.0\n1, 5, 0, 4000, [N/A], [N/A]\n';
  assert.deepEqual(gpuValues(output), {
    'system/gpu_0_utilization_percentage': 37,
    'system/gpu_0_memory_usage_megabytes': 1048.576,
    'system/gpu_0_memory_usage_percentage': 25,
    'system/gpu_0_power_usage_watts': 60,
    'system/gpu_0_power_usage_percentage': 25,
    'system/gpu_1_utilization_percentage': 5,
    'system/gpu_1_memory_usage_megabytes': 0,
    'system/gpu_1_memory_usage_percentage': 0,
  });
});

test('startSystemMetrics - samples are within the machine, and none comes after stop', async () => {
  const samples: Record<string, number>[] = [];
  const alive = setInterval(() => undefined, 1000);
  await new Promise<void>((done) => {
    const sampler = startSystemMetrics(
      (values) => {
        samples.push(values);
        if (samples.length === 2) {
          sampler.stop();
          done();
        }
      },
      { folder: tmpdir(), intervalMs: 50 },
    );
  });
  clearInterval(alive);
  const [, second] = samples;
  const percentage = second?.['system/system_memory_usage_percentage'] ?? -1;
  assert.ok(percentage > 0 && percentage < 100);
  assert.ok((second?.['system/process_memory_usage_megabytes'] ?? 0) > 10);
  assert.ok((second?.['system/cpu_utilization_percentage'] ?? -1) >= 0);
});

test('gatherProvenance - outside a repository there is no git, and the environment is there all the same', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'manyheads-nogit-'));
  const provenance = await gatherProvenance(folder, { tensorflow: '2.21.0' });
  assert.equal(provenance.git, undefined);
  assert.equal(provenance.environment.tensorflow, '2.21.0');
  assert.match(provenance.environment.packages['@tensorflow/tfjs-node-gpu'] ?? '', /^\d+\.\d+\.\d+/);
  assert.equal(provenanceTags(provenance, 'experiments/x.yaml')['mlflow.source.name'], 'experiments/x.yaml');
});

test('gatherProvenance - a changed tree is dirty, its patch and new files are told, the remote without a password', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'manyheads-git-'));
  const { execFileSync } = await import('node:child_process');
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@b', ...args], { cwd: folder });
  git('init', '--quiet', '--initial-branch=trunk');
  writeFileSync(path.join(folder, 'a.txt'), 'one\n');
  git('add', '.');
  git('commit', '--quiet', '--message', 'first');
  git('remote', 'add', 'origin', 'https://ann:secret@example.org/x.git');
  const clean = (await gatherProvenance(folder)).git;
  assert.deepEqual([clean?.isDirty, clean?.diff, clean?.branch], [false, '', 'trunk']);
  assert.equal(clean?.remote, 'https://example.org/x.git');
  assert.match(clean?.commit ?? '', /^[0-9a-f]{40}$/);
  writeFileSync(path.join(folder, 'a.txt'), 'two\n');
  writeFileSync(path.join(folder, 'new.txt'), 'x\n');
  const dirty = (await gatherProvenance(folder)).git;
  assert.equal(dirty?.isDirty, true);
  assert.match(dirty?.diff ?? '', /-one\n\+two\n[\s\S]*untracked: new\.txt\n$/);
});
