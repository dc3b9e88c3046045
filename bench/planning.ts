/**
 * Time and spans of planning a query over 100 and over 200 views with 50 rules, every rule traced with its diff.
 *
 * `node --conditions=@planscope/source --import tsx bench/planning.ts`; fails when twice the views take more than 2.3
 * times as long.
 */
import {
  describeNode,
  type LogicalPlan,
  planQuery,
  type Rule,
  type SessionState,
  transformPlan,
} from '@planscope/plan';
import { logicalNode, testPlanningContext, ValuesExec } from '@planscope/plan/testing';
import { instrumentSession } from '@planscope/rule-instrumentation';
import { ATTR_DATAFUSION_PLAN_DIFF, MODIFIED_SUFFIX } from '@planscope/semconv';
import { createSpanRecorder } from '@planscope/testing';

const RULES = 50;
const ROUNDS = 40;
const WARM_UP_ROUNDS = 10;
const LARGEST_RATIO = 2.3;

type Shape = 'side by side' | 'one over the other';

/** Views, each a filter: in one union over ten shared scans, or each over the one before it. */
function queryOver(views: number, shape: Shape): LogicalPlan {
  const view = (index: number, input: LogicalPlan | undefined): LogicalPlan => {
    const inputs = input === undefined ? [] : [input];
    const filter = logicalNode('Filter', `delay > ${index} AND origin = 'SEA'`, inputs);
    return logicalNode('View', `v${index}`, [filter]);
  };
  if (shape === 'one over the other') {
    let plan = logicalNode('Scan', 'flights');
    for (let index = 0; index < views; index += 1) plan = view(index, plan);
    return plan;
  }
  const scans = Array.from({ length: 10 }, (_, index) => logicalNode('Scan', `flights_${index}`));
  const branches = Array.from({ length: views }, (_, index) => view(index, scans[index % scans.length]));
  return logicalNode('Union', '', branches);
}

/** Of ten rules one rewrites every filter, two rewrite one view each, and seven look at all and change nothing. */
function rule(index: number): Rule<LogicalPlan> {
  const kind = index % 10;
  const rewrite = (node: LogicalPlan): LogicalPlan => {
    const wanted = kind === 0 ? node.name === 'Filter' : kind < 3 && describeNode(node) === `View: v${index}`;
    const mark = `rule_${index}`;
    const line = describeNode(node);
    if (!wanted || line.includes(mark)) return node;
    const detail = line.slice(node.name.length + 2);
    return logicalNode(node.name, `${detail}, ${mark}`, node.children);
  };
  return { name: `rule_${index}`, apply: (plan) => transformPlan(plan, rewrite) };
}

const state: SessionState = {
  analyzerRules: [],
  optimizerRules: Array.from({ length: RULES }, (_, index) => rule(index)),
  physicalOptimizerRules: [],
  queryPlanner: { createPhysicalPlan: () => new ValuesExec([[]]) },
};

type Mode = 'full' | 'disabled';

/** Milliseconds and spans of planning once. */
async function planOnce(views: number, shape: Shape, mode: Mode): Promise<{ time: number; spans: number }> {
  const recorder = createSpanRecorder();
  const session = instrumentSession(state, { mode, tracerProvider: recorder.tracerProvider });
  const plan = queryOver(views, shape);
  const context = testPlanningContext();
  const started = performance.now();
  await planQuery(session, plan, context);
  const time = performance.now() - started;
  const spans = recorder.spans();
  const changed = spans.filter((span) => span.name.endsWith(MODIFIED_SUFFIX));
  const complete = changed.every((span) => span.attributes[ATTR_DATAFUSION_PLAN_DIFF] !== undefined);
  if (context.warnings.length > 0 || !complete)
    throw new Error(`diffs are missing: ${JSON.stringify(context.warnings)}`);
  return { time, spans: spans.length };
}

/**
 * Prints the shortest time of each size, which other work on the machine disturbs least, and returns their ratio. Sizes
 * take turns, so that a slow moment does not fall on one of them alone.
 */
async function compare(shape: Shape, mode: Mode): Promise<number> {
  const fastest = new Map<number, number>();
  for (let round = -WARM_UP_ROUNDS; round < ROUNDS; round += 1) {
    for (const views of [100, 200]) {
      const { time, spans } = await planOnce(views, shape, mode);
      if (round >= 0) fastest.set(views, Math.min(time, fastest.get(views) ?? Number.POSITIVE_INFINITY));
      if (round === 0) console.log(`${views} views ${shape}, ${RULES} rules, ${mode}: ${spans} spans`);
    }
  }
  for (const [views, time] of fastest) console.log(`${views} views ${shape}, ${mode}: ${time.toFixed(1)} ms`);
  return (fastest.get(200) ?? Number.NaN) / (fastest.get(100) ?? Number.NaN);
}

for (const shape of ['side by side', 'one over the other'] as const) {
  await compare(shape, 'disabled');
  const ratio = await compare(shape, 'full');
  console.log(`T(200)/T(100) ${shape}, full: ${ratio.toFixed(2)}, at most ${LARGEST_RATIO}\n`);
  if (!(ratio <= LARGEST_RATIO)) process.exitCode = 1;
}
