import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { tableFromArrays } from 'apache-arrow';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MetricsSet } from '../metrics/metrics-set.ts';
import { PlanError } from '../plan-error.ts';
import type { EngineReport } from '../report/engine-report.ts';
import { logicalNode, UnionExec, ValuesExec } from '../testing/index.ts';
import type { TextRedactor } from './create-plan-document.ts';
import { type PortablePlan, portablePlan, readPlan } from './portable-plan.ts';

const schema = JSON.parse(readFileSync(new URL('../../plan.schema.json', import.meta.url), 'utf8'));
const matchesSchema = new Ajv2020().compile(schema);

/** A redactor, in place of the one that a program injects. */
const redact: TextRedactor = ({ text }) => [text].flat().join('').replaceAll('SECRET', '?');

const { batches } = tableFromArrays({ delay: [5, 12] });
const values = new ValuesExec([batches]);
const union = new UnionExec([values, values]);

const report: EngineReport = {
  version: 2,
  engine: { name: 'toydb', version: 'v2' },
  status: 'ok',
  window: { start: '0', end: '1' },
  identifiers: ['name'],
  planning: [
    {
      phase: 'optimize_logical_plan',
      step: 'optimizers',
      timing: { basis: 'engine_duration', duration: '1' },
      rules: [],
      planBefore: 'FILTER\n  SCAN',
      planAfter: 'SCAN: SECRET',
    },
    { phase: 'create_physical_plan', timing: { basis: 'engine_duration', duration: '1' }, rules: [] },
  ],
  operators: [
    {
      id: '0',
      name: 'JOIN',
      fields: [{ key: 'join_keys', text: ['name = SECRET'], kind: 'expression' }],
      timing: { basis: 'execution_window' },
      metrics: [{ name: 'output_rows', type: 'count', unit: '{row}', value: '9007199254740993' }],
      children: [{ id: '0.0', name: 'SCAN', timing: { basis: 'execution_window' }, metrics: [], children: [] }],
    },
  ],
  metrics: [{ name: 'peak_memory', type: 'gauge', unit: 'By', value: 7 }],
};

const logical = logicalNode('Sort', 'name = SECRET', [logicalNode('Scan', 'flights'), logicalNode('Scan', 'airports')]);

const full = portablePlan({
  logical,
  physical: union,
  redact,
  executionsOf: (node) =>
    node === values
      ? [
          {
            status: 'ok',
            metrics: new MetricsSet([
              { name: 'output_rows', type: 'count', unit: '{row}', value: 2, partition: 0 },
              { name: 'output_rows', type: 'count', unit: '{row}', value: 2n ** 53n, partition: 1 },
              { name: 'elapsed_compute', type: 'time', unit: 'ns', value: 1.5 },
              { name: 'selectivity', type: 'ratio', unit: '1', value: Number.NaN },
            ]),
            reports: [report],
          },
          { status: 'error', metrics: new MetricsSet(), reports: [] },
        ]
      : [],
});

const written = (plan: PortablePlan): unknown => JSON.parse(JSON.stringify(plan));

describe('a plan as JSON', () => {
  it('has each node once, with its executions and engine reports', () => {
    expect(full.toJSON()).toMatchInlineSnapshot(`
      {
        "logical": {
          "nodes": [
            {
              "children": [
                "n2",
                "n3",
              ],
              "description": "Sort: name = ?",
              "id": "n1",
              "name": "Sort",
            },
            {
              "children": [],
              "description": "Scan: flights",
              "id": "n2",
              "name": "Scan",
            },
            {
              "children": [],
              "description": "Scan: airports",
              "id": "n3",
              "name": "Scan",
            },
          ],
          "roots": [
            "n1",
          ],
        },
        "physical": {
          "nodes": [
            {
              "children": [
                "n2",
                "n2",
              ],
              "description": "UnionExec",
              "executions": [],
              "id": "n1",
              "name": "UnionExec",
              "properties": {
                "boundedness": "bounded",
                "emissionType": "incremental",
                "partitionCount": 1,
                "partitioning": "unknown(1)",
              },
            },
            {
              "children": [],
              "description": "ValuesExec: batches=1",
              "executions": [
                {
                  "engines": [
                    {
                      "engine": {
                        "name": "toydb",
                        "version": "v2",
                      },
                      "metrics": [
                        {
                          "name": "peak_memory",
                          "type": "gauge",
                          "unit": "By",
                          "value": 7,
                        },
                      ],
                      "operators": {
                        "nodes": [
                          {
                            "children": [
                              "0.0",
                            ],
                            "description": "JOIN: join_keys=name = ?",
                            "id": "0",
                            "metrics": [
                              {
                                "name": "output_rows",
                                "type": "count",
                                "unit": "{row}",
                                "value": "9007199254740993",
                              },
                            ],
                            "name": "JOIN",
                          },
                          {
                            "children": [],
                            "description": "SCAN",
                            "id": "0.0",
                            "metrics": [],
                            "name": "SCAN",
                          },
                        ],
                        "roots": [
                          "0",
                        ],
                      },
                      "planning": [
                        {
                          "phase": "optimize_logical_plan",
                          "plan": "SCAN: ?",
                          "step": "optimizers",
                        },
                      ],
                      "status": "ok",
                    },
                  ],
                  "metrics": [
                    {
                      "name": "output_rows",
                      "type": "count",
                      "unit": "{row}",
                      "value": "9007199254740994",
                    },
                    {
                      "name": "elapsed_compute",
                      "type": "time",
                      "unit": "ns",
                      "value": 1.5,
                    },
                  ],
                  "status": "ok",
                },
                {
                  "engines": [],
                  "metrics": [],
                  "status": "error",
                },
              ],
              "id": "n2",
              "name": "ValuesExec",
              "properties": {
                "boundedness": "bounded",
                "emissionType": "incremental",
                "partitionCount": 1,
                "partitioning": "unknown(1)",
              },
            },
          ],
          "roots": [
            "n1",
          ],
        },
        "version": 1,
      }
    `);
  });

  it('can be read back unchanged', () => {
    expect(written(readPlan(JSON.stringify(full)))).toEqual(written(full));
    expect(written(full)).toEqual(full.toJSON());
  });

  it('matches the schema of the package', () => {
    expect(matchesSchema(written(full)), JSON.stringify(matchesSchema.errors)).toBe(true);
  });

  it('contains no data from its texts', () => {
    expect(JSON.stringify(full)).not.toContain('SECRET');
  });

  it('removes everything from the texts of a report except allowed names', () => {
    const asked = new Map<string, readonly string[] | undefined>();
    const noting: TextRedactor = ({ text }, identifiers) => {
      asked.set(String(text), identifiers);
      return text;
    };
    const executionsOf = () => [{ status: 'ok', metrics: new MetricsSet(), reports: [report] }] as const;
    portablePlan({ physical: values, redact: noting, executionsOf }).toJSON();
    expect(asked.get('SCAN: SECRET')).toEqual(['name']);
    expect(asked.get('name = SECRET')).toEqual(['name']);
    expect(asked.get('1')).toBeUndefined();
  });

  it('may have only a logical or a physical plan, and is created on demand', () => {
    let described = 0;
    const node = {
      ...logicalNode('Scan'),
      describe: () => [{ key: 'detail', text: String(++described), kind: 'plan' } as const],
    };
    const plan = portablePlan({ logical: node, redact });
    expect(described).toBe(0);
    expect(readPlan(plan.toJSON()).toText()).toBe('Logical plan\n  Scan: 1');
    expect([plan.toText(), described]).toEqual(['Logical plan\n  Scan: 1', 1]);
  });

  it('ignores fields of a newer version', () => {
    expect(readPlan({ ...full.toJSON(), colour: 'red' }).toJSON()).toEqual(full.toJSON());
  });
});

describe('a rendering', () => {
  it('as text shows metrics, engines and shared nodes', () => {
    expect(full.toText()).toMatchInlineSnapshot(`
      "Logical plan
        Sort: name = ?
          Scan: flights
          Scan: airports

      Physical plan
        UnionExec
          ValuesExec: batches=1 [output_rows=9007199254740994, elapsed_compute=1.5 ns] [error] [shared_1]
            toydb v2
              JOIN: join_keys=name = ? [output_rows=9007199254740993]
                SCAN
          ValuesExec [see shared_1]"
    `);
  });

  it('as Mermaid has one box for each node and one arrow for each edge', () => {
    expect(full.toMermaid()).toMatchInlineSnapshot(`
      "flowchart TD
        subgraph logical ["Logical plan"]
          logical_1["Sort: name = ?"]
          logical_2["Scan: flights"]
          logical_3["Scan: airports"]
          logical_1 --> logical_2
          logical_1 --> logical_3
        end
        subgraph physical ["Physical plan"]
          physical_1["UnionExec"]
          physical_2["ValuesExec: batches=1<br/>output_rows=9007199254740994, elapsed_compute=1.5 ns<br/>error"]
          physical_3["toydb v2"]
          physical_4["JOIN: join_keys=name = ?<br/>output_rows=9007199254740993"]
          physical_5["SCAN"]
          physical_1 --> physical_2
          physical_1 --> physical_2
          physical_2 --> physical_3
          physical_3 --> physical_4
          physical_4 --> physical_5
        end"
    `);
  });

  it('as Mermaid escapes all texts', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        const lines = portablePlan({ logical: logicalNode('X', text), redact: ({ text: same }) => same })
          .toMermaid()
          .split('\n');
        expect(lines).toHaveLength(4);
        expect(lines[2]).toMatch(/^ {4}logical_1\["[^"<>`|{}\\]*"\]$/);
      }),
    );
  });
});

describe('a plan of any shape', () => {
  /** For each node, which of the nodes made before it are its children. */
  const shapes = fc.array(fc.array(fc.nat(), { maxLength: 3 }), { minLength: 1, maxLength: 12 });
  const texts = fc.array(fc.string({ unit: 'grapheme' }), { minLength: 12, maxLength: 12 });
  const metricValue = fc.oneof(fc.double(), fc.bigInt());

  const planOf = (shape: number[][], names: string[], value: number | bigint): PortablePlan => {
    const nodes: ReturnType<typeof logicalNode>[] = [];
    for (const [index, picks] of shape.entries()) {
      const children = picks.flatMap((pick) => nodes[pick % Math.max(index, 1)] ?? []);
      nodes.push(logicalNode(`N${index}`, names[index] ?? '', children));
    }
    const top = nodes.at(-1) ?? logicalNode('none');
    const metrics = new MetricsSet([{ name: 'm', type: 'gauge', unit: '1', value }]);
    return portablePlan({
      logical: top,
      physical: union,
      redact: ({ text }) => text,
      executionsOf: () => [{ status: 'ok', metrics, reports: [report] }],
    });
  };

  it('can be written as JSON text and read back, and matches the schema', () => {
    fc.assert(
      fc.property(shapes, texts, metricValue, (shape, names, value) => {
        const plan = planOf(shape, names, value);
        const back = readPlan(JSON.stringify(plan));
        expect(back.toJSON()).toEqual(plan.toJSON());
        expect(back.toText()).toBe(plan.toText());
        expect(back.toMermaid()).toBe(plan.toMermaid());
        expect(matchesSchema(written(plan)), JSON.stringify(matchesSchema.errors)).toBe(true);
      }),
    );
  });

  it('has as many arrows as edges', () => {
    fc.assert(
      fc.property(shapes, texts, (shape, names) => {
        const plan = planOf(shape, names, 1);
        const edges = plan.toJSON().logical?.nodes.reduce((sum, { children }) => sum + children.length, 0);
        expect(plan.toMermaid().match(/logical_\d+ --> logical_\d+/g) ?? []).toHaveLength(edges ?? -1);
      }),
    );
  });

  it('may be deeper than the call stack', () => {
    let node = logicalNode('Leaf');
    for (let depth = 0; depth < 10_000; depth += 1) node = logicalNode('Link', '', [node]);
    const plan = portablePlan({ logical: node, redact });
    expect(readPlan(JSON.stringify(plan)).toText().split('\n')).toHaveLength(10_002);
  });
});

describe('an error of reading has the field, its value and a valid one', () => {
  const node = (id: string, children: string[] = []) => ({ id, name: 'N', description: '', children });
  const graph = (roots: string[], ...nodes: object[]) => ({ version: 1, logical: { roots, nodes } });

  it.each([
    [{ version: 2 }, 'plan: version is 2; should be 1'],
    [{}, 'plan: version is undefined; should be 1'],
    [[], 'plan: should be an object'],
    ['{', 'plan: is not JSON'],
    [graph(['a']), 'logical.roots[0] is "a"; should be the id of a node of this graph'],
    [graph(['a'], node('a', ['b'])), 'logical.nodes[0].children[0] is "b"; should be the id of a node of this graph'],
    [graph(['a'], node('a'), node('a')), 'logical.nodes[1].id is "a"; should be unique, logical.nodes[0] has it'],
    [
      graph(['a'], node('a', ['a'])),
      'logical.nodes[0].children[0] is "a"; should be a node that is not above this one',
    ],
    [
      graph(['a'], node('a', ['b']), node('b', ['c', 'c']), node('c', ['a'])),
      'logical.nodes[2].children[0] is "a"; should be a node that is not above this one',
    ],
    [graph(['a'], node('a'), node('b')), 'logical.nodes[1].id is "b"; should be a root, or below one'],
    [graph(['a'], { ...node('a'), description: 7 }), 'logical.nodes[0].description is 7; should be a string'],
  ])('%j', (json, message) => {
    expect(() => readPlan(json)).toThrow(message);
    expect(() => readPlan(json)).toThrow(PlanError);
    expect(() => readPlan(json)).toThrow(expect.objectContaining({ code: 'invalid-document' }));
  });

  it.each([
    [['nodes', 0, 'properties', 'emissionType'], 'never', 'physical.nodes[0].properties.emissionType is "never"'],
    [['nodes', 1, 'executions', 0, 'status'], 'fine', 'physical.nodes[1].executions[0].status is "fine"'],
    [['nodes', 1, 'executions', 0, 'metrics', 0, 'value'], '1.5', 'executions[0].metrics[0].value is "1.5"'],
    [
      ['nodes', 1, 'executions', 0, 'engines', 0, 'operators', 'roots', 0],
      'x',
      'engines[0].operators.roots[0] is "x"; should be the id of a node',
    ],
  ])('physical %j', (path, value, message) => {
    const copy = written(full) as { physical: Record<string | number, unknown> };
    let place = copy.physical;
    for (const key of path.slice(0, -1)) place = place[key] as Record<string | number, unknown>;
    place[path.at(-1) ?? ''] = value;
    expect(() => readPlan(copy)).toThrow(message);
    if (value !== 'x') expect(matchesSchema(copy)).toBe(false);
  });
});
