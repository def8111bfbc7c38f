// What runs programs for wasm32-wasip1 in Node.
import { WASI } from 'node:wasi';
import { readFileSync } from 'node:fs';

export const compiled = (program) => WebAssembly.compile(readFileSync(program));

// run MODULE ARGS [DESCRIPTOR]: the exit status; both streams go to the descriptor, if one is given. A preopen
// of / does not work in Node's WASI: the program gets the current folder and /tmp.
export async function run(module, args, descriptor) {
  const wasi = new WASI({
    version: 'preview1',
    args,
    env: process.env,
    returnOnExit: true,
    preopens: { '.': '.', [process.cwd()]: '.', '/tmp': process.env.TMPDIR || '/tmp' },
    stdout: descriptor ?? 1,
    stderr: descriptor ?? 2,
  });
  return wasi.start(await WebAssembly.instantiate(module, { wasi_snapshot_preview1: wasi.wasiImport }));
}
