import type { CheckedOperator } from './checked-operator.ts';

export interface UnpushedFilterLimits {
  /** Most of the scanned rows that the filter keeps. */
  readonly share: number;
  /** Least rows that were scanned. */
  readonly rows: number;
}

/**
 * A filter that keeps more than a tenth would spare the scan little. 100,000 rows are less than one row group of DuckDB
 * (122,880), which is the least that a scan can skip.
 */
export const UNPUSHED_FILTER: UnpushedFilterLimits = { share: 0.1, rows: 100_000 };

export interface UnpushedFilter {
  readonly scan: CheckedOperator;
  readonly kept: number;
  readonly scanned: number;
  /** `text-format`: CSV and JSON are read in full; `expression`: the condition is one that a scan cannot apply. */
  readonly reason: 'text-format' | 'expression';
}

const TEXT_FORMATS = /CSV|JSON/;

/** A filter above a scan that returned many rows, of which the filter kept few. */
export function unpushedFilter(
  operator: CheckedOperator,
  { rows, share }: UnpushedFilterLimits,
): UnpushedFilter | undefined {
  const scan = operator.type === 'FILTER' ? scanBelow(operator) : undefined;
  if (scan === undefined) return undefined;
  const [scanned, kept] = [scan.rows ?? 0, operator.rows ?? 0];
  if (scanned < rows || kept > share * scanned) return undefined;
  if (TEXT_FORMATS.test(scan.name)) return { scan, kept, scanned, reason: 'text-format' };
  return scan.readsData ? { scan, kept, scanned, reason: 'expression' } : undefined;
}

function scanBelow({ children: [below] }: CheckedOperator): CheckedOperator | undefined {
  return below?.type === 'PROJECTION' ? scanBelow(below) : below?.type === 'TABLE_SCAN' ? below : undefined;
}
