import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { createStoreRegistry, MemoryStore } from '@planscope/object-store';
import { type LogicalPlan, transformPlan } from '@planscope/plan';
import { createSpanRecorder, type SpanRecorder } from '@planscope/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RelationNode } from '../logical/relation-node.ts';
import { createEngine, type Engine } from '../run/engine.ts';
import type { ExecutionSpec, RulepackSpec } from '../spec/execution-spec.ts';

const SMALL = 'id,team,age\n1,red,10\n';

let recorder: SpanRecorder;
let memory: MemoryStore;
let engine: Engine;

beforeAll(async () => {
  recorder = createSpanRecorder();
  memory = new MemoryStore();
  await memory.put('small.csv', SMALL);
  await memory.put('large.csv', `id,team,age\n${'2,blue,20\n'.repeat(5000)}`);
  await memory.put('typed.csv', 'id,team,age\n1,red,1.5\n');
  await memory.put('wider.csv', 'id,more,team,age\n1,x,red,10\n');
  engine = await createEngine({
    tracing: { preset: 'production-lean' },
    environment: {},
    tracerProvider: recorder.tracerProvider,
    stores: createStoreRegistry({ stores: [memory] }),
  });
});

afterAll(() => engine.close());

function withFilter(node: LogicalPlan, condition: string): LogicalPlan {
  return node instanceof RelationNode ? node.withFilter(condition) : node;
}

interface Variation {
  readonly location?: string;
  readonly rulepack?: RulepackSpec;
  readonly views?: readonly string[];
  readonly on?: Engine;
}

function specOf(sql: string, { location = 'small.csv', rulepack = {}, views = [] }: Variation = {}): ExecutionSpec {
  return {
    version: 1,
    inputs: [{ name: 'people', location: `memory:///${location}` }],
    views: [...views.map((view, index) => ({ name: `w${index}`, sql: view })), { name: 'v', sql }],
    outputs: [{ name: 'v', from: 'v' }],
    rulepack,
  };
}

async function fingerprint(sql: string, variation: Variation = {}): Promise<string | undefined> {
  return (await (variation.on ?? engine).run(specOf(sql, variation))).planFingerprint;
}

const base = `SELECT id, age FROM people WHERE team IN ('red', 'blue') AND age > 10 ORDER BY 2 LIMIT 10`;

describe('the fingerprint of a plan', () => {
  it('is on the root span and in the result', async () => {
    recorder.clear();
    const found = await fingerprint(base);
    expect(found).toMatch(/^[0-9a-f]{64}$/);
    expect(recorder.spans().at(-1)).toMatchObject({
      name: 'planscope.execute',
      attributes: { 'planscope.plan.fingerprint': found },
    });
  });

  it.each<[string, string, Variation?]>([
    ['other literals', base.replace('10', '-99').replace('red', 'green').replace('LIMIT 10', 'LIMIT 3')],
    ['literals of another type', base.replace('> 10', '> 1.5')],
    ['more literals in a list', base.replace(`'blue'`, `'blue', 'green'`)],
    ['other white space, case and comments', `${base.replaceAll('SELECT', 'select').replaceAll(' ', '\n')} -- why;`],
    ['another input of the same columns', base, { location: 'large.csv' }],
    ['an unused view', base, { views: ['SELECT 1 AS one'] }],
    ['rules that change nothing', base, { rulepack: { exclude: ['share_common_inputs'] } }],
  ])('is equal with %s', async (_, sql, variation) => {
    expect(await fingerprint(sql, variation)).toBe(await fingerprint(base));
  });

  it.each<[string, string, Variation?]>([
    ['another column', base.replace('id,', 'team,')],
    ['another comparison', base.replace('age >', 'age >=')],
    ['another order', base.replace('ORDER BY 2', 'ORDER BY 1')],
    ['a direction', base.replace('ORDER BY 2', 'ORDER BY 2 DESC')],
    ['no limit', base.replace('LIMIT 10', '')],
    ['an offset', `${base} OFFSET 1`],
    ['DISTINCT', base.replace('SELECT', 'SELECT DISTINCT')],
    ['a join', base.replace('FROM people', 'FROM people JOIN people AS other USING (id, age, team)')],
    ['the query within another', 'SELECT * FROM w0', { views: [base] }],
    ['another type of a column', base, { location: 'typed.csv' }],
    ['one more column of an input', base, { location: 'wider.csv' }],
    [
      'a view that no output needs, where no rule drops it',
      base,
      { views: ['SELECT 1 AS one'], rulepack: { exclude: ['prune_unused'] } },
    ],
  ])('differs with %s', async (_, sql, variation) => {
    expect(await fingerprint(sql, variation)).not.toBe(await fingerprint(base));
  });

  it('differs if another node of the plan is shared', async () => {
    const views = ['SELECT id FROM people', 'SELECT id FROM people'];
    const once = await fingerprint('SELECT id FROM w0 UNION ALL SELECT id FROM w0', { views });
    expect(await fingerprint('SELECT id FROM w0 UNION ALL SELECT id FROM w1', { views })).not.toBe(once);
  });

  it('includes conditions that a rule adds, without their literals', async () => {
    const filtered = async (condition: string): Promise<string | undefined> => {
      const on = await createEngine({
        tracing: { preset: 'off' },
        environment: {},
        stores: createStoreRegistry({ stores: [memory] }),
        rules: {
          optimizer: [
            { name: 'add_filter', apply: (plan) => transformPlan(plan, (node) => withFilter(node, condition)) },
          ],
        },
      });
      return fingerprint(base, { on }).finally(() => on.close());
    };
    expect(await filtered('id = 1')).toBe(await filtered('id = 2'));
    expect(await filtered('id = 1')).not.toBe(await filtered('id > 1'));
    expect(await filtered('id = 1')).not.toBe(await fingerprint(base));
    await expect(filtered('id =')).rejects.toThrow('inputs[0]: a rule filters it by "id ="');
  });

  it('is the same in another process', async () => {
    const program = fileURLToPath(new URL('../../test/print-fingerprint.ts', import.meta.url));
    const node = ['--conditions=@planscope/source', '--import', 'tsx', program];
    const read = [JSON.stringify(specOf(base)), 'small.csv', SMALL];
    const cwd = fileURLToPath(new URL('../..', import.meta.url));
    const { stdout } = await promisify(execFile)(process.execPath, [...node, ...read], { cwd });
    expect(stdout.trim()).toBe(await fingerprint(base));
  });
});
