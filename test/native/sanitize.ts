/**
 * `npm run test:native`: the tests of our C++ with a binding that watches its own memory. First each planted fault has to be
 * found, so that silence means something. Fails where a test does, or where a sanitizer wrote a report.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { runCommand } from '../../src/machine/command.ts';
import { installLine } from '../../src/setup/python.ts';
import { places, projectFolder, tensorflowProblem } from '../../src/setup/stamp.mjs';
import { buildSanitized, findSanitizer } from './sanitized-binding.ts';

/** Tests of other rooms in which our kernels and decoders do the work. */
const others = [
  'test/data/decode.test.ts',
  'test/data/decode-like-pillow.test.ts',
  'test/graph/serving.test.ts',
  'test/network/batch-norm.test.ts',
  'test/network/fused-norm.test.ts',
  'test/network/norm-conv.test.ts',
  'test/network/winograd-conv.test.ts',
  'test/network/inference/infer.test.ts',
];

/** planted-faults.cc; beside each, what the report says of it. */
const planted: readonly (readonly [fault: string, report: RegExp])[] = [
  ['heap', /heap-buffer-overflow/],
  ['freed', /heap-use-after-free/],
  ['integer', /signed integer overflow/],
  ['cast', /outside the range of representable values/],
  ['vector', /ABRT/],
  ['delete', /alloc-dealloc-mismatch/],
];

const say = (line: string): void => void process.stdout.write(`${line}\n`);

function ownTests(): string[] {
  return readdirSync(import.meta.dirname, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.test.ts'))
    .map((name) => relative(projectFolder, join(import.meta.dirname, name)))
    .sort();
}

/**
 * AddressSanitizer writes its report to a file of this folder, wherever the standard error of the process goes;
 * UndefinedBehaviorSanitizer, which does not know where, writes to that. Both end the process.
 */
function environment(binding: string, runtime: string, reports: string): NodeJS.ProcessEnv {
  const common = `log_path=${join(reports, 'report')}:exitcode=86`;
  return {
    ...process.env,
    NODE_OPTIONS: `--require ${join(import.meta.dirname, 'load-sanitized.cjs')}`,
    MANYHEADS_SANITIZED_BINDING: binding,
    LD_PRELOAD: runtime,
    // TensorFlow and Node keep memory until they end, which would be told as leaks.
    ASAN_OPTIONS: `${common}:detect_leaks=0:handle_abort=1`,
    UBSAN_OPTIONS: `${common}:print_stacktrace=1`,
  };
}

function takeReports(folder: string): string[] {
  const files = readdirSync(folder).map((name) => join(folder, name));
  const texts = files.map((file) => readFileSync(file, 'utf8'));
  for (const file of files) rmSync(file);
  return texts;
}

/** @returns what was not found, as sentences */
async function findPlanted(env: NodeJS.ProcessEnv, reports: string): Promise<string[]> {
  const load = ['-e', `require(${JSON.stringify(places().binding)})`];
  const { code, stderr } = await runCommand(process.execPath, load, { env });
  if (code !== 0) return [`the binding could not be loaded:\n${stderr}\n${takeReports(reports).join('\n')}`];
  const missed: string[] = [];
  for (const [fault, expected] of planted) {
    const withFault = { ...env, MANYHEADS_PLANTED_FAULT: fault };
    const { code, stderr } = await runCommand(process.execPath, load, { env: withFault });
    const report = [...takeReports(reports), stderr].join('\n');
    if (code === 0 || !expected.test(report))
      missed.push(`the planted fault "${fault}" was not found: exit code ${code}, report:\n${report}`);
  }
  return missed;
}

function runTests(env: NodeJS.ProcessEnv, files: readonly string[]): Promise<number> {
  const args = ['--import', 'tsx', '--test', '--test-concurrency=2', '--test-reporter=spec', ...files];
  return new Promise((done) => {
    const child = spawn(process.execPath, args, { cwd: projectFolder, env, stdio: 'inherit' });
    child.on('close', (code) => done(code ?? 1));
  });
}

async function main(): Promise<number> {
  const problem = tensorflowProblem(undefined);
  if (problem !== undefined) {
    say(`test:native: ${problem}. Run \`npm run setup\` first.`);
    return 1;
  }
  const sanitizer = await findSanitizer();
  if (typeof sanitizer === 'string') {
    say(`test:native was SKIPPED, since no compiler with sanitizers was found: ${sanitizer}.`);
    say(
      `  To run it: ${installLine('compiler')} (its packages bring libasan and libubsan), or clang and compiler-rt.`,
    );
    return 0;
  }
  const binding = await buildSanitized(sanitizer, say);
  const reports = mkdtempSync(join(tmpdir(), 'manyheads-sanitizers-'));
  const env = environment(binding, sanitizer.runtime, reports);
  const missed = await findPlanted(env, reports);
  if (missed.length > 0) {
    say(`test:native: the sanitizers do not work here.\n${missed.join('\n')}`);
    return 1;
  }
  say(`All ${planted.length} planted faults were found. The tests:`);
  const code = await runTests(env, [...ownTests(), ...others]);
  const found = takeReports(reports);
  rmSync(reports, { recursive: true });
  for (const report of found) say(`\n${report}`);
  if (found.length > 0)
    say(`test:native: ${found.length} of the tests' processes ended with a sanitizer's report.`);
  return found.length > 0 ? 1 : code;
}

process.exitCode = await main();
