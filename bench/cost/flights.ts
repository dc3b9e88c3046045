import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** 3,000,000 flights, in eleven row groups. */
export const flights: string = join(
  dirname(createRequire(import.meta.url).resolve('vega-datasets')),
  '../data/flights-3m.parquet',
);

/** Has six operators. */
export const GROUP_BY = `SELECT origin, count(*) AS n, avg(delay) AS late FROM '${flights}' GROUP BY origin`;
