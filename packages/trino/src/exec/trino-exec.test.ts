import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ROOT_CONTEXT } from '@opentelemetry/api';
import { createTaskContext, type RunWarning, SpanBudget } from '@planscope/plan';
import { executionPlanConformance } from '@planscope/plan/testing';
import { allRunningQueries } from '@planscope/semconv';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { arrowSchema } from '../arrow/record-batches.ts';
import { TrinoExec, type TrinoExecOptions } from './trino-exec.ts';
import { TrinoSession } from './trino-session.ts';

let server: Server;
let origin: string;
const calls: string[] = [];

const columns = [{ name: 'x', type: 'integer', typeSignature: { rawType: 'integer', arguments: [] } }];
const failure = { message: 'Division by zero', errorName: 'DIVISION_BY_ZERO', errorType: 'USER_ERROR', errorCode: 8 };

/** The pages of the queries, by their statement. */
const PAGES: Readonly<Record<string, readonly object[]>> = {
  rows: [{ columns }, { columns, data: [[1], [2]] }, { columns, data: [[3]] }, {}],
  fails: [{ columns }, { columns, data: [[1]] }, { error: failure }],
  insert: [{}, { columns, updateType: 'INSERT', updateCount: 7, data: [[7]] }],
};

beforeAll(async () => {
  server = createServer(async (request, response) => {
    const { method, url = '' } = request;
    let body = '';
    for await (const chunk of request) body += chunk;
    calls.push(`${method} ${url}`);
    const [, , statement = '', page = '0'] = url.startsWith('/v1/statement') ? ['', '', body] : url.split('/');
    const index = Number(page);
    const pages = PAGES[statement] ?? [];
    if (url.startsWith('/v1/query') || method === 'DELETE') response.writeHead(method === 'DELETE' ? 204 : 410).end();
    else {
      const next = index + 1 < pages.length ? { nextUri: `${origin}/next/${statement}/${index + 1}` } : {};
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ id: `query_of_${statement}`, stats: {}, ...pages[index], ...next }));
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.close();
  server.closeAllConnections();
});

function node(statement: string, output: TrinoExecOptions['output'] = 'batches'): TrinoExec {
  const session = new TrinoSession({ server: origin, user: 'test', reportTimeout: 200 });
  const schema = arrowSchema({ columns, types: [{ name: 'integer', numbers: [], fields: [] }] });
  return new TrinoExec({ session, statement, output, schema });
}

function contextOf(warnings: RunWarning[] = []) {
  const run = { runId: 'run-1' };
  const warn = (warning: RunWarning): void => void warnings.push(warning);
  return createTaskContext({ otelContext: ROOT_CONTEXT, run, budget: new SpanBudget(100), warn });
}

describe('the contract of plans', () => {
  const checks = executionPlanConformance(() => node('rows'), { makeFailingPlan: () => node('fails') });
  for (const { name, run } of checks) it(name, run);
});

it('gives a batch for each page with rows', async () => {
  const rows = [];
  for await (const batch of node('rows').execute(0, contextOf()).batches) rows.push(batch.numRows);
  expect(rows).toEqual([2, 1]);
});

it('is listed as a running query until its last batch is read', async () => {
  const listed: unknown[] = [];
  for await (const _ of node('rows').execute(0, contextOf()).batches) listed.push(...allRunningQueries());
  const query = { engine: 'trino', queryId: 'query_of_rows', summary: 'QUERY', operation: 'QUERY' };
  expect(listed).toMatchObject([query, query]);
  expect(allRunningQueries()).toEqual([]);
});

it('says how many rows a statement wrote', async () => {
  const { outcome } = node('insert', 'table').execute(0, contextOf());
  const { status, metrics } = await outcome;
  expect(status).toBe('ok');
  expect(metrics.get('output_rows')).toBe(7);
});

it('warns if there is no report, and the query is not affected', async () => {
  const warnings: RunWarning[] = [];
  const { batches, outcome } = node('rows').execute(0, contextOf(warnings));
  for await (const _ of batches);
  expect(await outcome).toMatchObject({ status: 'ok' });
  expect(warnings).toMatchObject([{ code: 'trino-report-missing', operator: 'TrinoExec' }]);
});

it('ends the query in the cluster if its consumer leaves', async () => {
  calls.splice(0);
  for await (const _ of node('rows').execute(0, contextOf()).batches) break;
  expect(calls).toContain('DELETE /next/rows/2');
});
