// Cargo's runner for tests on wasm32-wasip1. A panic ends the program there, so each test has one for itself, as
// with nextest; they share the compiled code.
import { closeSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { compiled, run } from './wasi.mjs';

const [program, ...args] = process.argv.slice(2);
const module = await compiled(program);
const output = `${tmpdir()}/wasi-tests-${process.pid}`;

// captured ARGS: whether the program ended well, and what it printed.
async function captured(args) {
  const descriptor = openSync(output, 'w');
  let isGood;
  try {
    isGood = (await run(module, [program, ...args], descriptor)) === 0;
  } catch (trap) {
    isGood = false;
  } finally {
    closeSync(descriptor);
  }
  return [isGood, readFileSync(output, 'utf8')];
}

const isShown = args.includes('--nocapture') || args.includes('--no-capture');
const [, list] = await captured([...args, '--list', '--format', 'terse']);
const tests = [...list.matchAll(/^(.*): test$/gm)].map(([, name]) => name);
const counts = { passed: 0, failed: 0, ignored: 0 };
const start = Date.now();
console.log(`\nrunning ${tests.length} tests`);
for (const test of tests) {
  const [isGood, printed] = await captured([test, '--exact', '--nocapture']);
  const outcome = !isGood ? 'failed' : / 1 ignored;/.test(printed) ? 'ignored' : 'passed';
  counts[outcome] += 1;
  if (isShown || outcome === 'failed') process.stdout.write(printed);
  console.log(`test ${test} ... ${{ passed: 'ok', failed: 'FAILED', ignored: 'ignored' }[outcome]}`);
}
rmSync(output);
const { passed, failed, ignored } = counts;
const seconds = ((Date.now() - start) / 1000).toFixed(2);
console.log(
  `\ntest result: ${failed ? 'FAILED' : 'ok'}. ${passed} passed; ${failed} failed; ${ignored} ignored; ` +
    `0 measured; finished in ${seconds}s`,
);
process.exitCode = failed ? 101 : 0;
