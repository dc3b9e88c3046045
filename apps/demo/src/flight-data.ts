import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const { resolve } = createRequire(import.meta.url);
const folder = join(dirname(resolve('vega-datasets')), '..', 'data');

/** 3,000,000 flights of 2001: date, delay in minutes, distance in miles, origin, destination. */
export const flightsFile: string = join(folder, 'flights-3m.parquet');

/** The airports of the United States: iata, name, city, state, country, latitude, longitude. */
export const airportsFile: string = join(folder, 'airports.csv');
