// Cargo's runner for programs on wasm32-wasip1.
import { compiled, run } from './wasi.mjs';

const [program, ...args] = process.argv.slice(2);
process.exitCode = await run(await compiled(program), [program, ...args]);
