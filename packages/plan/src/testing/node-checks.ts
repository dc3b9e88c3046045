import type { ExecutionPlan } from '../node/execution-plan.ts';
import { transformPlan } from '../node/transform-plan.ts';
import { walkPlan } from '../node/walk-plan.ts';
import { type ConformanceSubject, expectThat } from './conformance-check.ts';

type NodeCheck = (node: ExecutionPlan) => void;

/** What holds of every node before anything runs, by the sentence that names it. */
const checks: Readonly<Record<string, NodeCheck>> = {
  'a node describes itself in one line, the same each time': (node) => {
    expectThat(node.name !== '', 'a node has an empty name');
    const text = node.describe();
    expectThat(!/[\r\n]/.test(text), `${node.name} describes itself in several lines: ${JSON.stringify(text)}`);
    expectThat(node.describe() === text, `${node.name} describes itself differently the second time`);
  },
  'a node has the same children each time they are read': (node) => {
    const [once, again] = [node.children, node.children];
    const same = once.length === again.length && once.every((child, index) => child === again[index]);
    expectThat(same, `${node.name} makes new children each time, so a shared node would not be one object`);
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
    const before = node.describe();
    const made = node.withNewChildren(stand);
    expectThat(made.name === node.name, `${node.name} became ${made.name}`);
    expectThat(made.children.length === stand.length, `${node.name} has ${made.children.length} of ${stand.length}`);
    const taken = stand.every((child, index) => made.children[index] === child);
    expectThat(taken, `${node.name}.withNewChildren did not take the children it was given`);
    expectThat(node.describe() === before, `${node.name}.withNewChildren altered the node it was called on`);
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

/** The checks of nodes, each over every node of a plan, and one over the plan as a whole. */
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

/** The node in all it does, but another object. */
function standIn(node: ExecutionPlan): ExecutionPlan {
  return {
    name: node.name,
    schema: node.schema,
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
