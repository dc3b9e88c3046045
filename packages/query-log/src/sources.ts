import type { Run } from '@planscope/run-model';
import { FIELD_FILES, FIELD_FUNCTION, FIELD_TABLE } from '@planscope/semconv';

/** What the scans of one table, or of one set of files, did together. A number that no scan told is absent. */
export interface Source {
  /** Name of the table, else the files as the plan names them, else the function that made the rows. */
  readonly name: string;
  /** Rows that the scans passed on. */
  rows?: number;
  bytesRead?: number;
  /** In ns, summed over threads. */
  compute?: number;
}

const NAMES = [FIELD_TABLE, FIELD_FILES, FIELD_FUNCTION];

/** The tables and files that a run scanned, in the order of the plan. */
export function sourcesOf({ operators }: Run): Source[] {
  const sources = new Map<string, Source>();
  for (const operator of operators) {
    if (operator.kind !== 'scan' || operator.origin !== 'engine') continue;
    const field = NAMES.map((name) => operator.fields.find(({ key }) => key === name)).find(Boolean);
    if (field === undefined) continue;
    const name = [field.text].flat().join(', ');
    const source = sources.get(name) ?? { name };
    sources.set(name, source);
    for (const key of ['rows', 'bytesRead', 'compute'] as const) {
      const value = operator[key];
      if (value !== undefined) source[key] = (source[key] ?? 0) + value;
    }
  }
  return [...sources.values()];
}
