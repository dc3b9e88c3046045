import type { CostCase } from './cost-case.ts';

/** Each case is loaded only in the process that measures it. */
const loaders: Readonly<Record<string, () => Promise<CostCase>>> = {
  'select-42': async () => (await import('./cases/select-42.ts')).select42,
  'group-by': async () => (await import('./cases/group-by.ts')).groupBy,
  'processor-time': async () => (await import('./cases/processor-time.ts')).processorTime,
  'prepare-and-run': async () => (await import('./cases/prepare-and-run.ts')).prepareAndRun,
  specification: async () => (await import('./cases/specification.ts')).specification,
  presets: async () => (await import('./cases/presets.ts')).presets,
  'many-queries': async () => (await import('./cases/many-queries.ts')).manyQueries,
  counts: async () => (await import('./cases/counts.ts')).counts,
};

export const caseNames: readonly string[] = Object.keys(loaders);

/** @throws Error for an unknown name */
export async function loadCase(name: string): Promise<CostCase> {
  const load = loaders[name];
  if (load === undefined) throw new Error(`there is no case "${name}"; there are ${caseNames.join(', ')}`);
  return await load();
}
