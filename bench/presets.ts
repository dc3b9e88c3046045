/**
 * What each preset costs and makes: the demo's specification, run in turns under each, its spans written to a file.
 *
 * `node --conditions=@planscope/source --import tsx bench/presets.ts [rounds]`; default 15, after two that are not counted.
 */
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startTracing } from '@planscope/bootstrap';
import { resolveTracingConfig, type TracingConfigInput } from '@planscope/config';
import { createEngine } from '@planscope/engine';
import { flightsSpec } from '../apps/demo/src/flights-spec.ts';

const rounds = Number(process.argv[2] ?? 15);
const WARM_UP_ROUNDS = 2;

const configurations: Readonly<Record<string, TracingConfigInput>> = {
  off: { preset: 'off' },
  'production-lean, filter warn': { preset: 'production-lean', filter: 'warn' },
  'production-lean, also no metrics': {
    preset: 'production-lean',
    instrumentObjectStore: false,
    recordMetrics: false,
  },
  'production-lean, no storage spans': { preset: 'production-lean', instrumentObjectStore: false },
  'production-lean': { preset: 'production-lean' },
  'maximal-no-data': { preset: 'maximal-no-data' },
  maximal: { preset: 'maximal' },
  'maximal, planDiff per-rule': { preset: 'maximal', planDiff: 'per-rule' },
};

const folder = mkdtempSync(join(tmpdir(), 'planscope-presets-'));
const runners = await Promise.all(
  Object.entries(configurations).map(async ([name, input], index) => {
    const path = join(folder, `${index}.jsonl`);
    const tracing: TracingConfigInput = { ...input, exporters: ['file'], file: { path } };
    const { config } = resolveTracingConfig({ environment: {}, explicit: tracing });
    const pipeline = startTracing(config, { register: 'never' });
    const engine = await createEngine({ tracing, tracerProvider: pipeline.tracerProvider });
    return { name, path, pipeline, engine, times: [] as number[] };
  }),
);

const spec = flightsSpec(folder);
for (let round = 0; round < WARM_UP_ROUNDS + rounds; round += 1) {
  for (const { engine, times } of runners) {
    const start = performance.now();
    await engine.run(spec);
    times.push(performance.now() - start);
  }
}

const median = (values: readonly number[]): number =>
  [...values].sort((left, right) => left - right)[values.length >> 1] ?? Number.NaN;

const [plain] = runners;
const counted = (times: readonly number[]): readonly number[] => times.slice(WARM_UP_ROUNDS);
for (const { name, path, pipeline, engine, times } of runners) {
  await engine.close();
  await pipeline.shutdown();
  const made = Object.values(pipeline.stats())[0]?.made ?? 0;
  const runs = WARM_UP_ROUNDS + rounds;
  const kibibytes = made === 0 ? 0 : statSync(path).size / runs / 1024;
  const more = median(counted(times).map((time, round) => time - (counted(plain?.times ?? [])[round] ?? Number.NaN)));
  console.log(
    `${name.padEnd(34)} ${String(Math.round(made / runs)).padStart(4)} spans  ${kibibytes.toFixed(0).padStart(4)} KiB  ` +
      `${median(counted(times)).toFixed(0).padStart(5)} ms, ${more.toFixed(0).padStart(4)} more than off (paired median)`,
  );
}
rmSync(folder, { recursive: true });
