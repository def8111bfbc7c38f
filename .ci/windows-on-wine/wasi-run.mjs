// Cargo's runner for wasm32-wasip1. A preopen of / does not work in Node's WASI: give the folder and /tmp, or with
// WASI_NO_FILES in the environment nothing: then the program has no file system.
import { WASI } from 'node:wasi';
import { readFileSync } from 'node:fs';

const [program, ...args] = process.argv.slice(2);
const folders = { '.': '.', [process.cwd()]: '.', '/tmp': process.env.TMPDIR || '/tmp' };
const wasi = new WASI({
  version: 'preview1',
  args: [program, ...args],
  env: process.env,
  returnOnExit: true,
  preopens: process.env.WASI_NO_FILES ? {} : folders,
});
const module = await WebAssembly.compile(readFileSync(program));
process.exitCode = wasi.start(await WebAssembly.instantiate(module, { wasi_snapshot_preview1: wasi.wasiImport }));
