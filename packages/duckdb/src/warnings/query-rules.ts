import type { CheckedOperator } from '@planscope/internal/checks/checked-operator';
import { explodingJoin as findExplodingJoin } from '@planscope/internal/checks/exploding-join';
import type { Misestimate } from '@planscope/internal/checks/misestimates';
import { smallReads as findSmallReads } from '@planscope/internal/checks/small-reads';
import { unpushedFilter as findUnpushedFilter, type UnpushedFilter } from '@planscope/internal/checks/unpushed-filter';
import type { WarningDefinition } from '@planscope/semconv';
import type { FileActivity } from '../events/activity-tally.ts';
import type { QueryProfile } from '../profile/query-profile.ts';
import type { WarningThresholds } from './warning-thresholds.ts';

/** Looks at one part of a finished query. Returns the message of a warning, which holds no data and no names of the query. */
type Check<Part> = (part: Part, thresholds: WarningThresholds) => string | undefined;

/** A warning that one operator, one file or one profile is enough to raise. */
export interface QueryRule {
  readonly definition: WarningDefinition;
  readonly ofOperator?: Check<CheckedOperator>;
  readonly ofFile?: Check<FileActivity>;
  readonly ofProfile?: Check<QueryProfile>;
}

export const misestimate: WarningDefinition = {
  code: 'cardinality-misestimated',
  about: 'query',
  meaning:
    'Below a join, an operator gave at least 10 times more or fewer rows than the planner expected, and at least 100,000 rows more or fewer. Of operators above one another, the lowest has the warning.',
  advice:
    'Filter or aggregate earlier, or store the rows below the operator in a table, so that joins above it are ordered by real numbers.',
  setBy: ['duckdb'],
};

export function misestimateMessage({ name }: CheckedOperator, found: Misestimate | undefined): string | undefined {
  if (found === undefined) return undefined;
  return `${name} was planned for ${found.estimated} rows and gave ${found.actual}; joins above it may be in the wrong order, so filter or aggregate earlier, or put what is below it into a table of its own`;
}

const explodingJoin: QueryRule = {
  definition: {
    code: 'exploding-join',
    about: 'query',
    meaning: 'A join made at least 10 times the rows of its larger side, and at least a million.',
    advice: 'Check that its condition names the whole key.',
    setBy: ['duckdb'],
  },
  ofOperator(operator, { explodingJoinFactor: factor, explodingJoinRows: rows }) {
    const found = findExplodingJoin(operator, { factor, rows });
    if (found === undefined) return undefined;
    return `${operator.name} made ${found.rows} rows of at most ${found.largest} on a side; check that its condition names the whole key`;
  },
};

const unpushedFilter: QueryRule = {
  definition: {
    code: 'filter-not-pushed-down',
    about: 'query',
    meaning:
      'A filter kept at most a tenth of 100,000 or more rows that a scan had to read. The message says why the scan did not apply it.',
    advice: 'Keep CSV and JSON as Parquet; store what a condition computes from several columns as a column.',
    setBy: ['duckdb'],
  },
  ofOperator(operator, { unpushedFilterRows: rows, unpushedFilterShare: share }) {
    const found = findUnpushedFilter(operator, { rows, share });
    if (found === undefined) return undefined;
    return `a filter kept ${found.kept} of ${found.scanned} rows that ${found.scan.name} had to read; ${REASONS[found.reason]}`;
  },
};

const REASONS: Readonly<Record<UnpushedFilter['reason'], string>> = {
  'text-format': 'a text format is read in full before it is filtered, so keep the data as Parquet',
  expression:
    'DuckDB applies a condition while it reads only if it is on one column and has no volatile function, so keep what it computes of several as a column of its own',
};

const smallReads: QueryRule = {
  definition: {
    code: 'small-reads',
    about: 'query',
    meaning: 'A remote file was read in at least 1,000 requests, of at most 16 KiB on average.',
    advice: 'Write it with larger row groups, or read fewer columns.',
    setBy: ['duckdb'],
  },
  ofFile({ operation, path, requests, bytes }, { smallReadRequests, smallReadBytes }) {
    if (operation !== 'read') return undefined;
    const limits = { requests: smallReadRequests, bytes: smallReadBytes };
    const mean = findSmallReads({ location: path, requests, bytes: Number(bytes) }, limits);
    if (mean === undefined) return undefined;
    return `a remote file was read in ${requests} requests of ${Math.round(mean)} bytes on average; write it with larger row groups, or read fewer columns`;
  },
};

const spill: QueryRule = {
  definition: {
    code: 'spilled-to-disk',
    about: 'query',
    meaning:
      'The query wrote data to disk because memory ran out. Of DuckDB 1.5, this is known only of a query that ran alone.',
    advice: 'Raise `memory_limit`, or have the query keep fewer rows at a time.',
    setBy: ['duckdb'],
  },
  ofProfile({ leastSpilled = 0 }) {
    if (leastSpilled === 0) return undefined;
    return `the query put at least ${leastSpilled} bytes on disk, because memory did not suffice; raise memory_limit, or have it keep fewer rows at a time`;
  },
};

export const queryRules: readonly QueryRule[] = [explodingJoin, unpushedFilter, smallReads, spill];
