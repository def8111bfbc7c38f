// Cargo's runner for tests on wasm32-wasip1. A panic ends the program there, so each test has a process for itself,
// as with nextest. One that takes two minutes is ended.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const [program, ...args] = process.argv.slice(2);
const runner = fileURLToPath(new URL('wasi-run.mjs', import.meta.url));

// run ARGS: what became of the program, and what it printed.
function run(args) {
  const settings = { encoding: 'utf8', timeout: 120_000, killSignal: 'SIGKILL', maxBuffer: 1 << 28 };
  const { status, signal, stdout, stderr } =
    spawnSync(process.execPath, [...process.execArgv, runner, program, ...args], settings);
  return { isGood: status === 0, printed: stdout + stderr + (signal ? `ended by ${signal}\n` : '') };
}

const list = run([...args, '--list', '--format', 'terse']);
if (!list.isGood) throw new Error(`no tests are listed: ${list.printed}`);
const tests = [...list.printed.matchAll(/^(.*): test$/gm)].map(([, name]) => name);
const isShown = ['--nocapture', '--no-capture', '--show-output'].some((option) => args.includes(option));
const counts = { ok: 0, FAILED: 0, ignored: 0 };
const start = Date.now();
console.log(`\nrunning ${tests.length} tests`);
for (const test of tests) {
  const { isGood, printed } = run([test, '--exact', '--nocapture']);
  const outcome = isGood ? (/ 1 ignored;/.test(printed) ? 'ignored' : 'ok') : 'FAILED';
  counts[outcome] += 1;
  // The harness in there counts only one.
  if (isShown || !isGood) process.stdout.write(printed.replace(/^(running 1 test|test result: .*)\n/gm, ''));
  console.log(`test ${test} ... ${outcome}`);
}
console.log(
  `\ntest result: ${counts.FAILED ? 'FAILED' : 'ok'}. ${counts.ok} passed; ${counts.FAILED} failed; ` +
    `${counts.ignored} ignored; finished in ${((Date.now() - start) / 1000).toFixed(2)}s`,
);
process.exitCode = counts.FAILED ? 101 : 0;
