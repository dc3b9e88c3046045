import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';

/**
 * Reports of queries that ran on Trino 476 and 483, with a coordinator and two workers, as `GET /v1/query/{id}` gave them.
 * The tables are those of TPC-H: `tiny` has 1,500 customers, 15,000 orders and 60,175 line items.
 */
export const RECORDINGS = {
  '483-finished': 'query 3 of TPC-H on tiny',
  '483-small': 'a count of orders on tiny',
  '483-failed': 'a division by zero in a task',
  '476-lake': 'query 6 of TPC-H on a Parquet file of the Hive connector',
  '476-cancelled': 'query 18 of TPC-H on SF 1, cancelled',
  '476-running': 'query 6 of TPC-H on SF 1, in the middle',
  '476-missing-table': 'a table that is not there',
} as const;

export type Recording = keyof typeof RECORDINGS;

/** The text of a recorded report. */
export function recording(name: Recording): string {
  return gunzipSync(readFileSync(new URL(`recordings/${name}.json.gz`, import.meta.url))).toString();
}
