/** Starts the service, asks it what a client would, ends it, and prints the traces that it left behind. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { printTrace } from './print-trace.ts';

const traceFile = '.planscope/traces.jsonl';
await rm(traceFile, { force: true });
const environment = { ...process.env, PLANSCOPE_EXPORTERS: 'file', PLANSCOPE_FILE_PATH: traceFile };
const service = spawn(process.execPath, ['--import', 'tsx', 'src/main.ts'], {
  env: environment,
  stdio: ['ignore', 'pipe', 'inherit'],
});
const ended = once(service, 'exit');
const [line]: string[] = await once(createInterface(service.stdout), 'line');
const address = line?.replace('listening on ', '');

/** Trace identities are the caller's to choose; these can be told apart at a glance. */
async function ask(trace: number, path: string, signal?: AbortSignal): Promise<void> {
  const traceparent = `00-${`${trace}`.padStart(32, '0')}-00000000000000aa-01`;
  const answer = await fetch(`${address}${path}`, { headers: { traceparent }, ...(signal && { signal }) })
    .then(async (response) => `${response.status} ${await response.text()}`)
    .catch((error: Error) => error.name);
  console.log(`${trace}  GET ${path}\n   ${answer}`);
}

await ask(1, '/delays?limit=2');
await ask(2, '/simulation', AbortSignal.timeout(1_500));
service.kill('SIGTERM');
await ended;

printTrace(traceFile, 1);
printTrace(traceFile, 2);
