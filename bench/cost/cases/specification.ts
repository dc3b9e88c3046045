import { flightsSpec } from '../../../apps/demo/src/flights-spec.ts';
import type { CostCase } from '../cost-case.ts';
import { openMemoryFolder } from '../memory-folder.ts';
import { takeTurns, timed, type Way } from '../rounds.ts';
import { type Goal, type Row, rowsOf } from '../row.ts';
import { openPipeline } from '../span-pipeline.ts';
import { openDriver, openEngine, type SpecificationRunner } from '../specification-runner.ts';

type Openers = Readonly<Record<'bare' | 'profiling' | 'off' | 'lean' | 'maximal', () => Promise<SpecificationRunner>>>;

/** The demo's specification by the engine, and the same two queries written by hand for the bare driver. */
export const specification: CostCase = {
  rounds: 40,
  quickRounds: 4,
  async measure(rounds) {
    const folder = openMemoryFolder();
    const pipeline = openPipeline('always_on');
    const { tracerProvider } = pipeline;
    const spec = flightsSpec(folder.path);
    const openers: Openers = {
      bare: () => openDriver(spec, folder.path),
      profiling: () => openDriver(spec, folder.path, { profiles: true }),
      off: () => openEngine(spec, { preset: 'off' }, tracerProvider),
      lean: () => openEngine(spec, { preset: 'production-lean' }, tracerProvider),
      maximal: () => openEngine(spec, { preset: 'maximal' }, tracerProvider),
    };
    try {
      const first = await measureFirst(openers, rounds);
      return [...first, ...(await measureAgain(openers, rounds))];
    } finally {
      await pipeline.close();
      folder.remove();
    }
  },
};

/** The first run on a new instance, without the time to open it. */
async function measureFirst(openers: Openers, rounds: number): Promise<Row[]> {
  const ways = Object.entries(openers).map(([name, open]): Way => {
    const once = async (): Promise<number> => {
      const runner = await open();
      try {
        return await timed(() => runner.run());
      } finally {
        await runner.close();
      }
    };
    return { name, once };
  });
  const goals = goalsOf({ off: 1.05, lean: 1.1, maximal: 1.2 });
  return rowsOf('specification, first run', await takeTurns(ways, rounds), goals);
}

/** A later run of the same specification on the same instance. */
async function measureAgain(openers: Openers, rounds: number): Promise<Row[]> {
  const open = new Map<string, SpecificationRunner>();
  try {
    for (const [name, openRunner] of Object.entries(openers)) {
      const runner = await openRunner();
      open.set(name, runner);
      await runner.run();
    }
    const ways = [...open].map(([name, runner]): Way => ({ name, once: () => timed(() => runner.run()) }));
    const goals = goalsOf({ off: 1.02, lean: 1.06, maximal: 1.15 });
    return rowsOf('specification, run again', await takeTurns(ways, rounds), goals);
  } finally {
    for (const runner of open.values()) await runner.close();
  }
}

function goalsOf(ratios: Readonly<Record<string, number>>): Record<string, Goal> {
  return Object.fromEntries(Object.entries(ratios).map(([name, atMost]) => [name, { atMost, times: 'bare' }]));
}
