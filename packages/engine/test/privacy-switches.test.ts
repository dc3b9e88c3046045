import type { TracingConfigInput } from '@planscope/config';
import { createSpanRecorder } from '@planscope/testing';
import { expect, it } from 'vitest';
import { createEngine } from '../src/index.ts';

const SECRET = 'hunter2hunter2';

/** Where the secret stands in the trace of a query that holds it, and of one that fails on it. */
async function placesOf(privacy: TracingConfigInput['privacy']): Promise<string[]> {
  const { tracerProvider, spans } = createSpanRecorder();
  const tracing: TracingConfigInput = { preset: 'maximal-no-data', ...(privacy === undefined ? {} : { privacy }) };
  const engine = await createEngine({ tracing, environment: {}, tracerProvider });
  const run = (sql: string): Promise<unknown> =>
    engine.run({ version: 1, views: [{ name: 'v', sql }], outputs: [{ name: 'out', from: 'v' }] });
  try {
    await run(`SELECT range || '${SECRET}' AS a FROM range(10)`);
    await expect(run(`SELECT error('${SECRET}') AS a FROM range(10)`)).rejects.toThrow(SECRET);
  } finally {
    await engine.close();
  }
  const places = spans().flatMap(({ attributes, events, status, name }) => [
    ...Object.entries(attributes)
      .filter(([, value]) => String(value).includes(SECRET))
      .map(([key]) => key),
    ...events.filter((event) => JSON.stringify(event.attributes).includes(SECRET)).map((event) => event.name),
    ...(status.message?.includes(SECRET) ? [`status of ${name}`] : []),
  ]);
  return [...new Set(places)].sort();
}

it('lets nothing through unless a switch says so', async () => {
  expect(await placesOf(undefined)).toEqual([]);
});

it('lets the text of the query through with sqlLiterals', async () => {
  expect(await placesOf({ sqlLiterals: 'keep' })).toEqual(['db.query.text']);
});

it('lets plans, diffs and what operators do through with planLiterals', async () => {
  expect(await placesOf({ planLiterals: 'keep' })).toMatchInlineSnapshot(`
    [
      "datafusion.logical_plan",
      "datafusion.plan_diff",
    ]
  `);
});

it('lets messages and stacks through with errorMessages', async () => {
  expect(await placesOf({ errorMessages: 'keep' })).toMatchInlineSnapshot(`
    [
      "exception",
      "status of DuckDBExec",
      "status of planscope.execute",
    ]
  `);
});
