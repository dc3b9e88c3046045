import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

// The package exports only its entry, `build/…`; the data lies beside that folder.
const entry = createRequire(import.meta.url).resolve('vega-datasets');
const data = join(dirname(entry), '..', 'data');

/** 3,000,000 rows: date, delay, distance, origin, destination. */
export const FLIGHTS: string = join(data, 'flights-3m.parquet');
/** 3,376 rows: iata, name, city, state, country, latitude, longitude. */
export const AIRPORTS: string = join(data, 'airports.csv');
