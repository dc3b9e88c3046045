import { randomBytes } from 'node:crypto';
import type { ColumnValue } from './column.ts';
import type { QueryLogLimits } from './query-log-options.ts';
import { PLAN, type QueryRow } from './query-row.ts';

/** Rows to write, and the texts of their plans by fingerprint. */
export interface RowBatch {
  readonly rows: readonly QueryRow[];
  readonly plans: ReadonlyMap<string, string>;
}

/** Where rows are kept. */
export interface LogStorage {
  /** Its path. */
  readonly place: string;
  /** Writes all rows of a batch or none. Calls must not overlap. */
  write(batch: RowBatch): Promise<void>;
}

/** The file, or the table of a database, to which rows are added until it is full. */
export class LogPart {
  /** Sorts by the time at which it was begun; unique among processes. */
  readonly name: string;
  readonly #begun = Date.now();
  readonly #plans = new Set<string>();
  #rows = 0;
  /** Size of the file. */
  bytes = 0;

  constructor() {
    const time = new Date(this.#begun).toISOString().replaceAll(/[-:.]/g, '');
    this.name = `${time}_${randomBytes(4).toString('hex')}`;
  }

  get isEmpty(): boolean {
    return this.#rows === 0;
  }

  /** Whether it takes more rows. */
  hasRoom(rows: number, { maxFileRows, maxFileBytes, maxFileMillis }: QueryLogLimits): boolean {
    return this.#rows + rows <= maxFileRows && this.bytes < maxFileBytes && Date.now() - this.#begun < maxFileMillis;
  }

  /** The rows of a batch with a plan in the first one of each that this part does not have. */
  valuesOf({ rows, plans }: RowBatch): (readonly ColumnValue[])[] {
    const seen = new Set<string>();
    return rows.map(({ values, plan }) => {
      if (plan === null || this.#plans.has(plan) || seen.has(plan)) return values;
      seen.add(plan);
      return values.with(PLAN, plans.get(plan) ?? null);
    });
  }

  /** Counts the rows of a batch that was written. */
  wrote({ rows }: RowBatch): void {
    this.#rows += rows.length;
    for (const { plan } of rows) if (plan !== null) this.#plans.add(plan);
  }
}
