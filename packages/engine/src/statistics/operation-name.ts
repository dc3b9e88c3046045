import type { OutputSpec } from '../spec/execution-spec.ts';

/**
 * What a run does in the words of the database conventions: `SELECT` hands rows back, `COPY` writes a file; with several
 * outputs `BATCH SELECT`, `BATCH COPY`, or `BATCH` for some of both. `UNKNOWN` where no output could be read.
 */
export function operationName(outputs: readonly Pick<OutputSpec, 'location'>[]): string {
  const kinds = [...new Set(outputs.map(({ location }) => (location === undefined ? 'SELECT' : 'COPY')))];
  const [kind] = kinds;
  if (kind === undefined) return 'UNKNOWN';
  if (kinds.length > 1) return 'BATCH';
  return outputs.length === 1 ? kind : `BATCH ${kind}`;
}
