import {
  DuckDBExec,
  type DuckDBSession,
  type ExecInput,
  type ExecOutput,
  type QueryRecording,
} from '@planscope/duckdb';
import { type ExecutionPlan, type LogicalPlan, type QueryPlanner, walkPlan } from '@planscope/plan';
import { deltaFetch, deltaInput } from '../delta/delta-fetch.ts';
import { DirectExec } from '../exec/direct-exec.ts';
import { FetchExec } from '../exec/fetch-exec.ts';
import { OutputsExec, UploadExec, type UploadTarget } from '../exec/upload-exec.ts';
import { confirmDialects } from '../input/confirm-dialects.ts';
import type { Staging } from '../input/staging.ts';
import type { OutputNode } from '../logical/output-node.ts';
import { RelationNode } from '../logical/relation-node.ts';
import { SpecNode } from '../logical/spec-node.ts';
import { ViewNode } from '../logical/view-node.ts';
import { type DataFormat, isTableFormat, type OutputSpec } from '../spec/execution-spec.ts';
import type { SyntaxReader } from '../sql/walk-syntax.ts';

/** The destination and the format of the file of an output. */
export interface OutputTarget extends UploadTarget {
  readonly format: DataFormat;
}

/** What the planner needs to create physical plans. */
export interface PlannerEnvironment {
  readonly session: DuckDBSession;
  readonly staging: Staging;
  readonly readSyntax: SyntaxReader;
  /** What is recorded of DuckDB's queries. */
  readonly recording: QueryRecording;
  /** Returns the destination of an output; undefined for an output without a file. */
  readonly targetOf: (output: OutputSpec) => OutputTarget | undefined;
}

/**
 * Creates one branch for each output: an upload if it has a location, the query, and a fetch for each input. Outputs
 * that read the same input share its node.
 */
export function specQueryPlanner(environment: PlannerEnvironment): QueryPlanner {
  return {
    createPhysicalPlan: async (plan) => {
      if (!(plan instanceof SpecNode)) throw new TypeError('[planscope/engine] the planner plans specifications only');
      const reads = new Map<RelationNode, ExecutionPlan>();
      for (const node of walkPlan<LogicalPlan>(plan)) {
        if (node instanceof RelationNode) reads.set(node, await readPlan(node, plan, environment));
      }
      return new OutputsExec(plan.outputs.map((output) => outputPlan(output, reads, environment)));
    },
  };
}

function outputPlan(
  { output, children: [child] }: OutputNode,
  reads: ReadonlyMap<RelationNode, ExecutionPlan>,
  environment: PlannerEnvironment,
): ExecutionPlan {
  const target = environment.targetOf(output);
  const file = { kind: 'file', format: target?.format ?? 'parquet', folder: environment.staging.folder } as const;
  const query = queryPlan(child, target === undefined ? { kind: 'batches' } : file, reads, environment);
  if (target === undefined) return query;
  return new UploadExec(query, target, () => confirmDialects(environment.session, child));
}

function queryPlan(
  from: LogicalPlan,
  output: ExecOutput,
  plans: ReadonlyMap<RelationNode, ExecutionPlan>,
  { session, recording }: PlannerEnvironment,
): DuckDBExec {
  const nodes = [...walkPlan(from, 'children-first')];
  const reads = nodes
    .filter((node) => node instanceof RelationNode)
    .flatMap((relation) => relation.names.map((name) => ({ name, relation })));
  const views = nodes.filter((node) => node instanceof ViewNode);
  return new DuckDBExec({
    session,
    // Quoted, because a name may be a keyword.
    sql: `FROM "${relationName(from)}"`,
    views: views.map(({ viewName, sql, references }) => ({
      name: viewName,
      sql,
      ...(references === undefined ? {} : { references }),
    })),
    inputs: reads.map(({ name, relation }) => execInput(name, relation)),
    children: reads.flatMap(({ relation }) => plans.get(relation) ?? []),
    schema: schemaOf(from),
    output,
    recording,
  });
}

function execInput(name: string, { format, filters, options, source }: RelationNode): ExecInput {
  const { table, delta } = source?.table ?? {};
  if (table !== undefined) return { name, table, filters };
  if (delta !== undefined) return { name, filters, ...deltaInput(delta) };
  if (isTableFormat(format)) throw new Error(`[planscope/engine] the table of the input "${name}" is not resolved`);
  return { name, format, filters, ...(options === undefined ? {} : { options }) };
}

/** The node that provides the objects of an input. Outputs that read the same input share it. */
async function readPlan(
  relation: RelationNode,
  plan: LogicalPlan,
  { staging, session, readSyntax }: PlannerEnvironment,
): Promise<ExecutionPlan> {
  const { source } = relation;
  if (source?.access.way === 'direct') return new DirectExec(relation, source);
  const delta = source?.table?.delta;
  if (delta !== undefined) return deltaFetch(relation, delta, plan, { staging, session, readSyntax });
  return new FetchExec(relation, source?.objects ?? [], staging);
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
