import { nodeFieldDefinition, TEXT_KINDS } from '@planscope/semconv';
import type { Batch } from '../execution/execution.ts';
import type { ExecutionPlan } from '../execution/execution-plan.ts';
import { describeNode } from '../node/plan-node.ts';
import { transformPlan, walkPlan } from '../node/walk-plan.ts';
import { type ConformanceSubject, expectThat } from './conformance-check.ts';

const KINDS = new Set(TEXT_KINDS.map(({ kind }) => kind));

type NodeCheck = (node: ExecutionPlan<Batch>) => void;

/** The rules for every node before anything runs, by name. */
const checks: Readonly<Record<string, NodeCheck>> = {
  'a node describes itself in fields of known kinds, the same each time': (node) => {
    expectThat(node.name !== '', 'a node has an empty name');
    const fields = node.describe();
    const keys = new Set<string>();
    for (const { key, text, kind } of fields) {
      const where = `field "${key}" of ${node.name}`;
      expectThat(/^[a-z][a-z0-9_]*$/.test(key), `${where} has a key that is not lower case with underscores`);
      expectThat(!keys.has(key), `${where} is there twice`);
      keys.add(key);
      expectThat(KINDS.has(kind), `${where} is of the unknown kind "${kind}"`);
      const { text: registered = kind } = nodeFieldDefinition(key) ?? {};
      expectThat(registered === kind, `${where} is of kind "${kind}", but "${key}" is registered as "${registered}"`);
      const isText = [text].flat().every((entry) => typeof entry === 'string');
      expectThat(isText, `${where} is neither a text nor a list of texts`);
    }
    const again = JSON.stringify(node.describe());
    expectThat(again === JSON.stringify(fields), `${node.name} describes itself differently the second time`);
  },
  'a node has the same children each time they are read': (node) => {
    const [once, again] = [node.children, node.children];
    const same = once.length === again.length && once.every((child, index) => child === again[index]);
    expectThat(same, `${node.name} makes new children each time, so a shared node would not be one object`);
  },
  'a node says whether it puts out batches or makes files': (node) => {
    expectThat(['batches', 'files'].includes(node.output), `${node.name}.output is ${JSON.stringify(node.output)}`);
  },
  'a node says how it is partitioned, when rows come and whether they end': (node) => {
    const { partitionCount, partitioning, emissionType, boundedness } = node.properties;
    const where = `${node.name}.properties`;
    expectThat(Number.isInteger(partitionCount) && partitionCount >= 1, `${where}.partitionCount is ${partitionCount}`);
    expectThat(typeof partitioning === 'string' && partitioning !== '', `${where}.partitioning is empty`);
    expectThat(['incremental', 'final', 'both'].includes(emissionType), `${where}.emissionType is ${emissionType}`);
    expectThat(['bounded', 'unbounded'].includes(boundedness), `${where}.boundedness is ${boundedness}`);
  },
  'withNewChildren gives a node of the same kind over the children it was given': (node) => {
    const stand = node.children.map(standIn);
    const before = describeNode(node);
    const made = node.withNewChildren(stand);
    expectThat(made.name === node.name, `${node.name} became ${made.name}`);
    expectThat(made.children.length === stand.length, `${node.name} has ${made.children.length} of ${stand.length}`);
    const taken = stand.every((child, index) => made.children[index] === child);
    expectThat(taken, `${node.name}.withNewChildren did not take the children it was given`);
    expectThat(describeNode(node) === before, `${node.name}.withNewChildren altered the node it was called on`);
    const kept = stand.every((child) => !node.children.includes(child));
    expectThat(kept, `${node.name}.withNewChildren put the new children under the old node`);
  },
  'withNewChildren refuses another number of children': (node) => {
    const [child] = node.children;
    const wrong = [[...node.children, child ?? node], ...(child === undefined ? [] : [node.children.slice(1)])];
    for (const children of wrong) {
      const text = `${node.name} has ${node.children.length} children and accepted ${children.length}`;
      expectThat(
        throws(() => node.withNewChildren(children)),
        text,
      );
    }
  },
  'a child that is shared stays one object': (node) => {
    const [child] = node.children;
    if (child === undefined || node.children.length < 2) return;
    const shared = standIn(child);
    const made = node.withNewChildren(node.children.map(() => shared));
    expectThat(new Set(made.children).size === 1, `${node.name} made copies of a child it was given twice`);
  },
};

/** The checks for every node of a plan, and one for the plan as a whole. */
export const nodeChecks: Readonly<Record<string, (subject: ConformanceSubject) => Promise<void>>> = {
  ...Object.fromEntries(
    Object.entries(checks).map(([name, check]) => [
      name,
      async ({ makePlan }: ConformanceSubject) => {
        for (const node of walkPlan(await makePlan())) check(node);
      },
    ]),
  ),
  'a rewrite of every node keeps the shape of the plan and its sharing': async ({ makePlan }) => {
    const plan = await makePlan();
    const copy = transformPlan(plan, (node) => (node.children.length === 0 ? standIn(node) : node));
    const [before, after] = [plan, copy].map((root) => [...walkPlan(root)].map((node) => node.name).join(', '));
    expectThat(before === after, `the plan's nodes ${before} became ${after}`);
  },
};

/** A copy of a node that behaves like it. */
function standIn(node: ExecutionPlan<Batch>): ExecutionPlan<Batch> {
  return {
    name: node.name,
    output: node.output,
    ...(node.schema === undefined ? {} : { schema: node.schema }),
    properties: node.properties,
    children: node.children,
    withNewChildren: (children) => node.withNewChildren(children),
    describe: () => node.describe(),
    execute: (partition, context) => node.execute(partition, context),
  };
}

function throws(action: () => unknown): boolean {
  try {
    action();
    return false;
  } catch {
    return true;
  }
}
