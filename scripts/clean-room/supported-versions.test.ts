import { readFileSync } from 'node:fs';
import { satisfies } from 'semver';
import { expect, test } from 'vitest';
import { DRIVER, driverRange } from './supported-versions.ts';

/** All that was published of 1.4 and 1.5 by November 2026. */
const refused = [
  '1.3.4-alpha.27',
  ...['1.4.0-r.1', '1.4.4-r.4', '1.4.5-r.1'],
  ...['1.5.0-r.1', '1.5.1-r.1', '1.5.1-r.2', '1.5.2-r.1', '1.5.2-r.2', '1.5.3-r.1', '1.5.3-r.2', '1.5.3-r.3'],
];
const accepted = ['1.5.4-r.1', '1.5.5-r.1', '1.5.5-r.2', '1.5.5-r.3', '1.5.5-r.4', '1.5.5-r.5', '1.5.6-r.1'];

/** There is no driver of DuckDB 2 yet; these are what its releases would be called. */
const ofDuckDB2 = ['2.0.0-r.1', '2.0.1-r.1', '2.0.1-r.12', '2.0.15-r.1', '2.1.0-r.1', '2.5.15-r.3', '2.0.1', '2.4.0'];

test.each([...accepted, ...ofDuckDB2, '1.5.6-r.2', '1.5.7-r.1', '1.5.8-r.2', '1.5.19-r.10', '1.5.30-r.1', '1.5.7'])(
  'takes %s',
  (version) => {
    expect(satisfies(version, driverRange)).toBe(true);
  },
);

test.each([...refused, '1.5.4-alpha.1', '1.6.0-r.1', '1.6.0', '2.0.0-alpha.1', '3.0.0-r.1'])(
  'refuses %s',
  (version) => {
    expect(satisfies(version, driverRange)).toBe(false);
  },
);

test.each(['duckdb', 'engine'])('is the peer range of @planscope/%s', (name) => {
  const text = readFileSync(new URL(`../../packages/${name}/package.json`, import.meta.url), 'utf8');
  const { peerDependencies } = JSON.parse(text) as { peerDependencies: Record<string, string> };
  expect(peerDependencies[DRIVER]).toBe(driverRange);
});
