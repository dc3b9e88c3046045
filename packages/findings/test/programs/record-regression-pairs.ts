import { writeFile } from 'node:fs/promises';
import { samplesOf } from '../../src/compare/query-sample.ts';
import { regressionPairs, runPair } from '../regression-pairs.ts';

/**
 * Executes the pairs and writes their samples with the times of this machine:
 * `node --conditions=@planscope/source --import tsx test/programs/record-regression-pairs.ts`.
 */
const recorded: Record<string, unknown> = {};
for (const pair of regressionPairs) {
  const { before, after } = await runPair(pair);
  const samples = (runs: typeof before): unknown[] => runs.flatMap(samplesOf).map(({ start: _, ...sample }) => sample);
  recorded[pair.name] = { before: samples(before), after: samples(after) };
}
await writeFile(new URL('../recorded/regression-pairs.json', import.meta.url), `${JSON.stringify(recorded)}\n`);
