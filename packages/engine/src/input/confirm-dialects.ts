import type { DuckDBSession, FileOptions } from '@planscope/duckdb';
import { ObjectStoreError } from '@planscope/object-store';
import { type LogicalPlan, walkPlan } from '@planscope/plan';
import { RelationNode } from '../logical/relation-node.ts';
import { currentState, type InputObject, objectState } from './input-source.ts';
import { pathInPlace } from './staging.ts';

/**
 * Checks that CSV files which DuckDB reads in place still have the dialect they were read with.
 *
 * The dialect is detected while a run is planned, and the file is read later. If the file has changed in between, its
 * dialect is detected again, because a wrong dialect returns wrong rows without an error.
 *
 * @throws ObjectStoreError Precondition
 */
export async function confirmDialects(session: DuckDBSession, plan: LogicalPlan): Promise<void> {
  for (const node of walkPlan(plan)) {
    if (!(node instanceof RelationNode) || node.options === undefined || node.source === undefined) continue;
    for (const object of node.source.objects) {
      const path = pathInPlace(object);
      if (path !== undefined) await confirmDialect(session, object, path, node.options);
    }
  }
}

async function confirmDialect(
  session: DuckDBSession,
  object: InputObject,
  path: string,
  options: FileOptions,
): Promise<void> {
  const now = await currentState(object);
  if (now === undefined || now === objectState(object)) return;
  const query = {
    sql: 'FROM "file"',
    inputs: [{ name: 'file', format: 'csv', paths: [path] } as const],
  };
  const [found] = await session.describe(query).then(
    ({ inputs }) => inputs,
    () => [],
  );
  if (found !== undefined && 'options' in found && JSON.stringify(found.options) === JSON.stringify(options)) return;
  const text = 'the file changed during the run and now has another delimiter or quote character; run again';
  throw new ObjectStoreError('Precondition', text, { store: object.store.name, path: object.meta.path });
}
