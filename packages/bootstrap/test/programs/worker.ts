// Runs make-spans in a worker thread and prints how that ended; may end the worker from outside once it is ready.
import { Worker } from 'node:worker_threads';

// Node.js 20 does not hand the loader of TypeScript on to a worker; the worker registers it by itself.
const program = new URL('./make-spans.ts', import.meta.url);
const source = `import('tsx/esm/api').then(({ register }) => (register(), import(${JSON.stringify(program.href)})))`;
const worker = new Worker(source, { eval: true, stdout: process.env.TERMINATE !== undefined });
if (process.env.TERMINATE) {
  worker.stdout.on('data', (text: Buffer) => {
    if (text.includes('ready')) void worker.terminate();
  });
}
worker.on('error', (error) => process.stdout.write(`worker failed: ${error.message}\n`));
worker.on('exit', (code) => process.stdout.write(`worker ended with ${code}\n`));
