import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const root = new URL('..', import.meta.url);
const sources = ['packages/*/src/*.ts', 'internal/src/*.ts', ':!*.test.ts'];
const files = execFileSync('git', ['ls-files', ...sources], { cwd: root, encoding: 'utf8' })
  .trim()
  .split('\n');

// A program can load both builds of a package. State that they share has a key in the registry of symbols; a key that is
// gone from this list splits the state. Error classes have markers, which another test holds to them.
test('both builds of a package share their state by these keys', () => {
  const texts = files.map((file) => readFileSync(new URL(file, root), 'utf8'));
  const keys = texts.flatMap((text) =>
    [...text.matchAll(/= Symbol\.for\(['`](planscope\.[^'`]+)['`]\)/g)].map(([, key]) => key),
  );
  expect(keys.sort()).toMatchInlineSnapshot(`
    [
      "planscope.\${engine}.running-queries.2",
      "planscope.bootstrap.handle",
      "planscope.bootstrap.process-end",
      "planscope.clock",
      "planscope.deferred-spans",
      "planscope.draws-before-flush",
      "planscope.duckdb.automatically-traced",
      "planscope.duckdb.closed-connection",
      "planscope.duckdb.driver-connections.1",
      "planscope.duckdb.event-logs.3",
      "planscope.duckdb.leaving.1",
      "planscope.duckdb.measured-connections.1",
      "planscope.duckdb.opens-after-leaving",
      "planscope.duckdb.owners",
      "planscope.duckdb.permissions.1",
      "planscope.duckdb.plan-history.3",
      "planscope.duckdb.private-paths",
      "planscope.duckdb.process-folders",
      "planscope.duckdb.query-options",
      "planscope.duckdb.registered",
      "planscope.duckdb.statements-in-flight.1",
      "planscope.duckdb.traced-connection",
      "planscope.duckdb.traces-connect",
      "planscope.duckdb.watches-permissions",
      "planscope.engine.\${name}",
      "planscope.exec-instrumentation.inner",
      "planscope.exec-instrumentation.operator-counts",
      "planscope.exec-instrumentation.run-sinks",
      "planscope.object-store.cache-flights",
      "planscope.object-store.inner",
      "planscope.object-store.path-locks",
      "planscope.own-connection",
      "planscope.rule-instrumentation.interceptor",
      "planscope.running-queries.1",
      "planscope.settling-spans",
      "planscope.testing.start-order",
      "planscope.trino.typed-value",
    ]
  `);
});
