import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../process/free-port.ts';

/**
 * Has a real Prometheus scrape a target, and asks it until it has an answer to each query.
 *
 * @param binary path of a Prometheus
 * @param target host and port
 * @returns the value of the first sample of each answer
 * @throws when there is none within half a minute
 */
export async function askPrometheus(binary: string, target: string, queries: readonly string[]): Promise<number[]> {
  const folder = await mkdtemp(join(tmpdir(), 'planscope-prometheus-'));
  const job = { job_name: 'example', scrape_interval: '200ms', scrape_timeout: '200ms' };
  const scrape_configs = [{ ...job, static_configs: [{ targets: [target] }] }];
  await writeFile(join(folder, 'prometheus.yml'), JSON.stringify({ scrape_configs }));
  const address = `127.0.0.1:${await freePort()}`;
  const options = ['--config.file=prometheus.yml', '--storage.tsdb.path=data', `--web.listen-address=${address}`];
  const prometheus = spawn(binary, options, { cwd: folder, stdio: 'ignore' });
  const exited = once(prometheus, 'exit');
  try {
    const deadline = Date.now() + 30_000;
    const tooSoon = exited.then((): never => {
      throw new Error(`${binary} ended by itself`);
    });
    return await Promise.race([Promise.all(queries.map((query) => answer(address, query, deadline))), tooSoon]);
  } finally {
    prometheus.kill();
    await exited.catch(() => {});
    await rm(folder, { recursive: true });
  }
}

interface Answer {
  readonly data: { readonly result: readonly { readonly value: readonly [number, string] }[] };
}

async function answer(address: string, query: string, deadline: number): Promise<number> {
  while (Date.now() < deadline) {
    const url = `http://${address}/api/v1/query?query=${encodeURIComponent(query)}`;
    const response = await fetch(url).catch(() => undefined);
    const [sample] = response?.ok ? ((await response.json()) as Answer).data.result : [];
    if (sample !== undefined) return Number(sample.value[1]);
    await sleep(200);
  }
  throw new Error(`Prometheus has no answer to ${query}`);
}
