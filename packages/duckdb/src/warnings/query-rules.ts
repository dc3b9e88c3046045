import type { WarningDefinition } from '@planscope/semconv';
import type { FileActivity } from '../events/activity-tally.ts';
import type { ProfiledOperator, QueryProfile } from '../profile/query-profile.ts';
import type { WarningThresholds } from './warning-thresholds.ts';

/** Looks at one part of a finished query. Returns the message of a warning, which holds no data and no names of the query. */
type Check<Part> = (part: Part, thresholds: WarningThresholds) => string | undefined;

/** A warning that one operator, one file or one profile is enough to raise. */
export interface QueryRule {
  readonly definition: WarningDefinition;
  readonly ofOperator?: Check<ProfiledOperator>;
  readonly ofFile?: Check<FileActivity>;
  readonly ofProfile?: Check<QueryProfile>;
}

const explodingJoin: QueryRule = {
  definition: {
    code: 'exploding-join',
    about: 'query',
    meaning: 'A join made at least 10 times the rows of its larger side, and at least a million.',
    advice: 'Check that its condition names the whole key.',
    setBy: ['duckdb'],
  },
  ofOperator(operator, { explodingJoinFactor, explodingJoinRows }) {
    if (!operator.type.endsWith('JOIN') && operator.type !== 'CROSS_PRODUCT') return undefined;
    const { name, rows = 0, children } = operator;
    const largest = Math.max(...children.map((side) => side.rows ?? 0), 1);
    if (rows < explodingJoinRows || rows < explodingJoinFactor * largest) return undefined;
    return `${name} made ${rows} rows of at most ${largest} on a side; check that its condition names the whole key`;
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
  ofOperator(operator, { unpushedFilterRows, unpushedFilterShare }) {
    const scan = operator.type === 'FILTER' ? scanBelow(operator) : undefined;
    const reason = scan && whyNotPushed(scan);
    if (scan === undefined || reason === undefined) return undefined;
    const [kept = 0, read = 0] = [operator.rows, scan.rows];
    if (read < unpushedFilterRows || kept > unpushedFilterShare * read) return undefined;
    return `a filter kept ${kept} of ${read} rows that ${scan.name} had to read; ${reason}`;
  },
};

function scanBelow({ children: [below] }: ProfiledOperator): ProfiledOperator | undefined {
  return below?.type === 'PROJECTION' ? scanBelow(below) : below?.type === 'TABLE_SCAN' ? below : undefined;
}

const TEXT_FORMATS = /CSV|JSON/;

/** Why a filter stayed above its scan; undefined where no other data and no other filter would change that. */
function whyNotPushed({ name, extraInfo }: ProfiledOperator): string | undefined {
  if (TEXT_FORMATS.test(name))
    return 'a text format is read in full before it is filtered, so keep the data as Parquet';
  if (extraInfo['Filename(s)'] === undefined && extraInfo.Table === undefined) return undefined;
  return 'DuckDB applies a condition while it reads only if it is on one column and has no volatile function, so keep what it computes of several as a column of its own';
}

/** A path of this machine has none; each request to another one takes a round trip. */
const REMOTE = /^(?!file:)[a-z][a-z\d+.-]+:\/\//i;

const smallReads: QueryRule = {
  definition: {
    code: 'small-reads',
    about: 'query',
    meaning: 'A remote file was read in at least 1,000 requests, of at most 16 KiB on average.',
    advice: 'Write it with larger row groups, or read fewer columns.',
    setBy: ['duckdb'],
  },
  ofFile({ operation, path, requests, bytes }, { smallReadRequests, smallReadBytes }) {
    if (operation !== 'read' || !REMOTE.test(path) || requests < smallReadRequests) return undefined;
    const mean = Number(bytes) / requests;
    if (mean > smallReadBytes) return undefined;
    return `a remote file was read in ${requests} requests of ${Math.round(mean)} bytes on average; write it with larger row groups, or read fewer columns`;
  },
};

const spill: QueryRule = {
  definition: {
    code: 'spilled-to-disk',
    about: 'query',
    meaning: 'DuckDB wrote data to disk because memory ran out.',
    advice: 'Raise `memory_limit`, or have the query keep fewer rows at a time.',
    setBy: ['duckdb'],
  },
  ofProfile({ peakTemporaryStorage = 0, leastSpilled = 0 }) {
    if (peakTemporaryStorage === 0 && leastSpilled === 0) return undefined;
    return `DuckDB put up to ${peakTemporaryStorage} bytes on disk while the query ran, because memory did not suffice; raise memory_limit, or have it keep fewer rows at a time`;
  },
};

export const queryRules: readonly QueryRule[] = [explodingJoin, unpushedFilter, smallReads, spill];
