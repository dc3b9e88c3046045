import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../process/free-port.ts';
import { within } from '../process/within.ts';

interface Answer {
  readonly data: { readonly result: readonly { readonly value: readonly [number, string] }[] };
}

/**
 * Has a real Prometheus scrape a target, and asks it until it has an answer to each query.
 *
 * @param binary path of a Prometheus
 * @param target host and port
 * @returns the value of the first sample of each answer
 * @throws AssertionError when there is none within half a minute
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
  const ask = async (query: string): Promise<number> => {
    const url = `http://${address}/api/v1/query?query=${encodeURIComponent(query)}`;
    const response = await fetch(url).catch(() => undefined);
    const answer = response?.ok ? ((await response.json()) as Answer) : undefined;
    return Number(answer?.data.result[0]?.value[1]);
  };
  try {
    let values: number[] = [];
    const isAnswered = async (): Promise<boolean> => {
      values = await Promise.all(queries.map(ask));
      return prometheus.exitCode !== null || values.every(Number.isFinite);
    };
    assert(
      (await within(30_000, isAnswered)) && values.every(Number.isFinite),
      `${binary} answers ${values.join(', ')}`,
    );
    return values;
  } finally {
    prometheus.kill();
    await exited.catch(() => {});
    await rm(folder, { recursive: true });
  }
}
