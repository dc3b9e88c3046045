import { type AnalyzerRule, type LogicalPlan, type PlanningContext, transformPlan, walkPlan } from '@planscope/plan';
import type { TrinoDescription, TrinoSession } from '@planscope/trino';
import { RelationNode } from '../logical/relation-node.ts';
import { ViewNode } from '../logical/view-node.ts';
import { SpecError } from '../spec/spec-error.ts';
import { type ComposedQuery, composeQuery } from './compose-query.ts';
import type { FileTables } from './file-tables.ts';
import type { TrinoPackage } from './load-trino.ts';
import type { TableNames } from './table-names.ts';
import { isOfFiles } from './trino-inputs.ts';
import type { TrinoParameters } from './trino-parameters.ts';

/** What finding columns on Trino needs. */
export interface TrinoMeans {
  readonly trino: TrinoPackage;
  readonly session: TrinoSession;
  readonly names: TableNames;
  readonly parameters: TrinoParameters;
  /** Undefined if all inputs are tables. */
  readonly fileTables: FileTables | undefined;
}

/** Queries that are described at the same time. */
const AT_ONCE = 4;

/** The query of an input or a view of a run. */
export function queryOf(node: LogicalPlan, { names, fileTables }: TrinoMeans): ComposedQuery {
  return composeQuery(node, { names, fileQuery: (relation) => fileTables?.query(relation) });
}

/**
 * Finds the columns of every input and view, by a query of each that reads no rows.
 *
 * Fails if a table does not exist, or if a query has an unknown column or a type error.
 */
export function resolveTrinoSchemas(means: TrinoMeans): AnalyzerRule {
  return {
    name: 'resolve_schemas',
    apply: async (plan, context) => {
      const nodes = [...walkPlan(plan, 'children-first')].filter(
        (node) => node instanceof RelationNode || node instanceof ViewNode,
      );
      const files = nodes.filter((node) => node instanceof RelationNode).filter(isOfFiles);
      await means.fileTables?.make(files, context);
      const described = await describeAll(nodes, (node) => describe(node, means, context));
      // From the top down, because replacing a child first would create a new parent, which is not in the map.
      return transformPlan(plan, (node) => withColumns(node, described.get(node)), 'down');
    },
  };
}

function withColumns(node: LogicalPlan, description: TrinoDescription | undefined): LogicalPlan {
  if (description === undefined || !(node instanceof RelationNode || node instanceof ViewNode)) return node;
  const { schema, columns } = description;
  return node.with({ schema, columns });
}

/** Describes a few at a time. If several fail, it throws the error of the first, on which the others may depend. */
async function describeAll<Node>(
  nodes: readonly Node[],
  describe: (node: Node) => Promise<TrinoDescription>,
): Promise<Map<LogicalPlan | Node, TrinoDescription>> {
  const found = new Map<LogicalPlan | Node, TrinoDescription>();
  for (let at = 0; at < nodes.length; at += AT_ONCE) {
    const group = nodes.slice(at, at + AT_ONCE);
    const ended = await Promise.allSettled(group.map(describe));
    for (const [index, result] of ended.entries()) {
      if (result.status === 'rejected') throw result.reason;
      found.set(group[index] as Node, result.value);
    }
  }
  return found;
}

async function describe(
  node: RelationNode | ViewNode,
  means: TrinoMeans,
  { signal, otelContext }: PlanningContext,
): Promise<TrinoDescription> {
  const { trino, session, parameters, fileTables } = means;
  const bound = parameters.bind(queryOf(node, means).sql);
  try {
    return await session.describe(bound.sql, {
      parameters: bound.parameters,
      session: fileTables?.properties ?? {},
      signal,
      otelContext,
    });
  } catch (error) {
    throw node instanceof ViewNode
      ? userError(trino, error, 'invalid-sql', `${node.field}.sql`)
      : missingTable(trino, error, node);
  }
}

const MISSING: ReadonlySet<string> = new Set(['CATALOG_NOT_FOUND', 'SCHEMA_NOT_FOUND', 'TABLE_NOT_FOUND']);

function missingTable(trino: TrinoPackage, error: unknown, relation: RelationNode): unknown {
  const { field, table } = relation;
  if (isOfFiles(relation)) return userError(trino, error, 'unreadable-input', `${field}.location`);
  if (!trino.TrinoQueryError.isInstance(error) || !MISSING.has(error.errorName)) {
    return userError(trino, error, 'unreadable-input', `${field}.table`);
  }
  const text = `${withoutPlace(error.message)}; the input is ${JSON.stringify(table)}, which may also be written as "catalog.schema.table"`;
  return new SpecError('input-not-found', `${field}.table`, text, { cause: error });
}

/** A failure that is the fault of the specification. Others, for example of the cluster, stay as they are. */
export function userError(
  trino: TrinoPackage,
  error: unknown,
  code: 'invalid-sql' | 'unreadable-input' | 'invalid-spec',
  field: string,
): unknown {
  const isOfUser =
    trino.TrinoQueryError.isInstance(error) &&
    (error.errorType === 'USER_ERROR' || error.errorName === 'NOT_SUPPORTED');
  return isOfUser ? new SpecError(code, field, withoutPlace(error.message), { cause: error }) : error;
}

/** Without line and column, which count in the text with all definitions. */
function withoutPlace(message: string): string {
  return message.replace(/^line \d+:\d+: /, '');
}
