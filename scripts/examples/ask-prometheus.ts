import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import getPort from 'get-port';
import waitFor from 'p-wait-for';

interface Answer {
  readonly data: { readonly result: readonly { readonly value: readonly [number, string] }[] };
}

/**
 * Has a real Prometheus scrape a target, and asks it until it has an answer to each query.
 *
 * @param binary path of a Prometheus
 * @param target host and port
 * @returns the value of the first sample of each answer
 * @throws TimeoutError when there is none within half a minute
 */
export async function askPrometheus(binary: string, target: string, queries: readonly string[]): Promise<number[]> {
  const folder = await mkdtemp(join(tmpdir(), 'planscope-prometheus-'));
  const job = { job_name: 'example', scrape_interval: '200ms', scrape_timeout: '200ms' };
  const scrape_configs = [{ ...job, static_configs: [{ targets: [target] }] }];
  await writeFile(join(folder, 'prometheus.yml'), JSON.stringify({ scrape_configs }));
  const address = `127.0.0.1:${await getPort()}`;
  const options = ['--config.file=prometheus.yml', '--storage.tsdb.path=data', `--web.listen-address=${address}`];
  const prometheus = execa(binary, options, { cwd: folder, stdio: 'ignore', reject: false });
  const ask = async (query: string): Promise<number> => {
    const url = `http://${address}/api/v1/query?query=${encodeURIComponent(query)}`;
    const response = await fetch(url).catch(() => undefined);
    const answer = response?.ok ? ((await response.json()) as Answer) : undefined;
    return Number(answer?.data.result[0]?.value[1]);
  };
  try {
    let values: number[] = [];
    const answers = async (): Promise<boolean> => {
      values = await Promise.all(queries.map(ask));
      return values.every(Number.isFinite);
    };
    await waitFor(answers, { interval: 100, timeout: 120_000 });
    return values;
  } finally {
    prometheus.kill();
    await prometheus;
    await rm(folder, { recursive: true });
  }
}
