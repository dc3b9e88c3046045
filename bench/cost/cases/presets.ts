import type { TracingConfigInput } from '@planscope/config';
import { flightsSpec } from '../../../apps/demo/src/flights-spec.ts';
import type { CostCase } from '../cost-case.ts';
import { openMemoryFolder } from '../memory-folder.ts';
import { takeTurns, timed, type Way } from '../rounds.ts';
import { figure, type Row, rowsOf } from '../row.ts';
import { openPipeline } from '../span-pipeline.ts';
import { openDriver, openEngine, type SpecificationRunner } from '../specification-runner.ts';

const NAME = 'presets';

const configurations: Readonly<Record<string, TracingConfigInput>> = {
  off: { preset: 'off' },
  'production-lean, filter warn': { preset: 'production-lean', filter: 'warn' },
  'production-lean, no storage spans': { preset: 'production-lean', instrumentObjectStore: false },
  'production-lean, also no metrics': {
    preset: 'production-lean',
    instrumentObjectStore: false,
    recordMetrics: false,
  },
  'production-lean': { preset: 'production-lean' },
  'maximal-no-data': { preset: 'maximal-no-data' },
  maximal: { preset: 'maximal' },
  'maximal, planDiff per-rule': { preset: 'maximal', planDiff: 'per-rule' },
};

/** Time of a run of the demo's specification under several configurations, with the spans and bytes that each makes. */
export const presets: CostCase = {
  rounds: 18,
  async measure(rounds) {
    const folder = openMemoryFolder();
    const spec = flightsSpec(folder.path);
    const bare = await openDriver(spec, folder.path);
    const engines = await Promise.all(
      Object.entries(configurations).map(async ([name, tracing]) => {
        const pipeline = openPipeline('always_on');
        return { name, pipeline, runner: await openEngine(spec, tracing, pipeline.tracerProvider) };
      }),
    );
    try {
      const turns = [wayOf('bare', bare), ...engines.map(({ name, runner }) => wayOf(name, runner))];
      const rows: Row[] = rowsOf(NAME, await takeTurns(turns, rounds));
      for (const { name, pipeline, runner } of engines) {
        await pipeline.flush();
        const before = pipeline.exported();
        await runner.run();
        await pipeline.flush();
        const after = pipeline.exported();
        rows.push(
          figure(NAME, `${name}: spans`, after.spans - before.spans, 'number'),
          figure(NAME, `${name}: trace`, (after.bytes - before.bytes) / 1024, 'KiB'),
        );
      }
      return rows;
    } finally {
      await bare.close();
      for (const { runner, pipeline } of engines) {
        await runner.close();
        await pipeline.close();
      }
      folder.remove();
    }
  },
};

function wayOf(name: string, runner: SpecificationRunner): Way {
  return { name, once: () => timed(() => runner.run()) };
}
