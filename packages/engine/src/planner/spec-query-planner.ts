import { DuckDBExec, type DuckDBSession, type ExecOutput, type QueryRecording } from '@planscope/duckdb';
import { type ExecutionPlan, type LogicalPlan, type QueryPlanner, walkPlan } from '@planscope/plan';
import { FetchExec } from '../exec/fetch-exec.ts';
import { OutputsExec, UploadExec, type UploadTarget } from '../exec/upload-exec.ts';
import { confirmDialects } from '../input/confirm-dialects.ts';
import type { Staging } from '../input/staging.ts';
import type { OutputNode } from '../logical/output-node.ts';
import { RelationNode } from '../logical/relation-node.ts';
import { SpecNode } from '../logical/spec-node.ts';
import { ViewNode } from '../logical/view-node.ts';
import type { DataFormat, OutputSpec } from '../spec/execution-spec.ts';

/** The destination and the format of the file of an output. */
export interface OutputTarget extends UploadTarget {
  readonly format: DataFormat;
}

/** What the planner needs to create physical plans. */
export interface PlannerEnvironment {
  readonly session: DuckDBSession;
  readonly staging: Staging;
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
    createPhysicalPlan: (plan) => {
      if (!(plan instanceof SpecNode)) throw new TypeError('[planscope/engine] the planner plans specifications only');
      const fetches = new Map<RelationNode, FetchExec>();
      return new OutputsExec(plan.outputs.map((output) => outputPlan(output, fetches, environment)));
    },
  };
}

function outputPlan(
  { output, children: [child] }: OutputNode,
  fetches: Map<RelationNode, FetchExec>,
  environment: PlannerEnvironment,
): ExecutionPlan {
  const target = environment.targetOf(output);
  const file = { kind: 'file', format: target?.format ?? 'parquet', folder: environment.staging.folder } as const;
  const query = queryPlan(child, target === undefined ? { kind: 'batches' } : file, fetches, environment);
  if (target === undefined) return query;
  return new UploadExec(query, target, () => confirmDialects(environment.session, child));
}

function queryPlan(
  from: LogicalPlan,
  output: ExecOutput,
  fetches: Map<RelationNode, FetchExec>,
  { session, staging, recording }: PlannerEnvironment,
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
    inputs: reads.map(({ name, relation: { format, filters, options } }) => ({
      name,
      format,
      filters,
      ...(options === undefined ? {} : { options }),
    })),
    children: reads.map(({ relation }) => fetchPlan(relation, fetches, staging)),
    schema: schemaOf(from),
    output,
    recording,
  });
}

function fetchPlan(relation: RelationNode, fetches: Map<RelationNode, FetchExec>, staging: Staging): FetchExec {
  const known = fetches.get(relation);
  if (known !== undefined) return known;
  const fetch = new FetchExec(relation, relation.source?.objects ?? [], staging);
  fetches.set(relation, fetch);
  return fetch;
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
