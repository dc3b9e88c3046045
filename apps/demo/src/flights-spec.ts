import type { ExecutionSpec } from '@planscope/engine';
import { airportsFile, flightsFile } from './flight-data.ts';

/** Where the demo's inputs are. */
export interface FlightLocations {
  readonly flights: string;
  readonly airports: string;
}

/**
 * Which states' airports do delayed flights leave from, and where are the delays worst?
 *
 * @param folder where the Parquet file goes, on this machine or in any store
 * @param locations default the files that come with the demo
 */
export function flightsSpec(
  folder: string,
  { flights, airports }: FlightLocations = { flights: flightsFile, airports: airportsFile },
): ExecutionSpec {
  return {
    version: 1,
    inputs: [
      { name: 'flights', location: flights },
      { name: 'airports', location: airports },
    ],
    views: [
      { name: 'late_flights', sql: 'SELECT origin, delay, distance FROM flights WHERE delay >= 15' },
      {
        name: 'late_departures',
        sql: 'SELECT a.state, f.delay, f.distance FROM late_flights f JOIN airports a ON a.iata = f.origin',
      },
      {
        name: 'state_delays',
        sql: `SELECT state, count(*) AS late, round(avg(delay), 1) AS average_delay, max(delay) AS longest_delay
              FROM late_departures GROUP BY state`,
      },
      { name: 'worst_states', sql: 'SELECT * FROM state_delays ORDER BY average_delay DESC LIMIT 10' },
    ],
    outputs: [
      { name: 'state_delays', from: 'state_delays', location: `${folder}/state-delays.parquet` },
      { name: 'worst_states', from: 'worst_states' },
    ],
    runtime: { tags: { 'demo.name': 'flights' } },
  };
}

/** One query of the user's own over the same two inputs. */
export function querySpec(sql: string): ExecutionSpec {
  const { version, inputs } = flightsSpec('');
  return {
    version,
    ...(inputs === undefined ? {} : { inputs }),
    views: [{ name: 'query', sql }],
    outputs: [{ name: 'result', from: 'query' }],
  };
}
