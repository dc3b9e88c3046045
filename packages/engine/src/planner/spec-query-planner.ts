import type { ExecInput, QueryRecording } from '@planscope/duckdb';
import { type ExecutionPlan, type LogicalPlan, type QueryPlanner, walkPlan } from '@planscope/plan';
import { deltaFetch } from '../delta/delta-fetch.ts';
import { DirectExec } from '../exec/direct-exec.ts';
import { FetchExec } from '../exec/fetch-exec.ts';
import { OutputsExec } from '../exec/upload-exec.ts';
import type { DirectReads } from '../input/direct-reads.ts';
import { deltaFilesOf } from '../input/input-source.ts';
import type { RunParameters } from '../input/run-parameters.ts';
import { RelationNode } from '../logical/relation-node.ts';
import { SpecNode } from '../logical/spec-node.ts';
import { ViewNode } from '../logical/view-node.ts';
import { isTableFormat } from '../spec/execution-spec.ts';
import type { SyntaxReader } from '../sql/walk-syntax.ts';
import { type OutputPlanMeans, type OutputQuery, outputPlan } from './output-plan.ts';

/** What the planner needs to create physical plans. */
export interface PlannerEnvironment extends OutputPlanMeans {
  readonly readSyntax: SyntaxReader;
  readonly parameters: RunParameters;
  readonly directReads: DirectReads;
  /** What is recorded of DuckDB's queries. */
  readonly recording: QueryRecording;
}

/**
 * Creates one branch for each output: an upload if it has a location, the query, and a fetch for each input. Outputs
 * that read the same input share its node.
 */
export function specQueryPlanner(environment: PlannerEnvironment): QueryPlanner {
  return {
    createPhysicalPlan: async (plan, context) => {
      if (!(plan instanceof SpecNode)) throw new TypeError('[planscope/engine] the planner plans specifications only');
      const reads = new Map<RelationNode, InputPlan>();
      for (const node of walkPlan<LogicalPlan>(plan)) {
        if (node instanceof RelationNode) reads.set(node, await readPlan(node, plan, environment));
      }
      const outputs: ExecutionPlan[] = [];
      for (const node of plan.outputs) {
        outputs.push(await outputPlan(node, outputQuery(node.children[0], reads, environment), environment, context));
      }
      return new OutputsExec(outputs);
    },
  };
}

function outputQuery(
  from: LogicalPlan,
  plans: ReadonlyMap<RelationNode, InputPlan>,
  { session, parameters, recording, directReads }: PlannerEnvironment,
): OutputQuery {
  const objects = directReads.watch(from);
  const nodes = [...walkPlan(from, 'children-first')];
  const reads = nodes
    .filter((node) => node instanceof RelationNode)
    .flatMap((relation) => relation.names.map((name) => ({ name, relation })));
  const views = nodes.filter((node) => node instanceof ViewNode);
  return {
    session,
    // Quoted, because a name may be a keyword.
    sql: `FROM "${relationName(from)}"`,
    views: views.map(({ viewName, sql, references }) => ({
      name: viewName,
      sql,
      ...(references === undefined ? {} : { references }),
    })),
    inputs: reads.flatMap(({ name, relation }) => plans.get(relation)?.input(name) ?? []),
    children: reads.flatMap(({ relation }) => plans.get(relation)?.node ?? []),
    parameters: parameters.bound,
    schema: schemaOf(from),
    recording,
    ...(objects === undefined ? {} : { objects }),
  };
}

/** The node that provides the objects of an input. Outputs that read the same input share it. */
interface InputPlan {
  readonly node: ExecutionPlan;
  /** How DuckDB reads them under a name. */
  readonly input: (name: string) => ExecInput;
}

async function readPlan(
  relation: RelationNode,
  plan: LogicalPlan,
  { staging, session, readSyntax }: PlannerEnvironment,
): Promise<InputPlan> {
  const { source, format, filters, options } = relation;
  const table = source?.table?.table;
  const delta = source && deltaFilesOf(source);
  if (delta !== undefined) {
    const { node, input } = await deltaFetch(relation, delta, plan, { staging, session, readSyntax });
    return { node, input: (name) => ({ name, filters, ...input }) };
  }
  const node =
    source?.access.way === 'direct'
      ? new DirectExec(relation, source)
      : new FetchExec(relation, source?.objects ?? [], staging);
  if (table !== undefined) return { node, input: (name) => ({ name, table, filters }) };
  if (isTableFormat(format)) throw new Error(`[planscope/engine] the table at ${relation.field} is not resolved`);
  return { node, input: (name) => ({ name, format, filters, ...(options === undefined ? {} : { options }) }) };
}

function relationName(node: LogicalPlan): string {
  const name = node instanceof RelationNode ? node.names[0] : node instanceof ViewNode ? node.viewName : undefined;
  if (name === undefined) throw new TypeError(`[planscope/engine] an output cannot be made from a ${node.name}`);
  return name;
}

function schemaOf(node: LogicalPlan) {
  const schema = node instanceof RelationNode || node instanceof ViewNode ? node.schema : undefined;
  if (schema === undefined) throw new Error(`[planscope/engine] the columns of ${relationName(node)} are not resolved`);
  return schema;
}
