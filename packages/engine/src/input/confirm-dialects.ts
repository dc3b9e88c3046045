import type { DuckDBSession, FileOptions } from '@planscope/duckdb';
import { ObjectStoreError } from '@planscope/object-store';
import { type LogicalPlan, walkPlan } from '@planscope/plan';
import { RelationNode } from '../logical/relation-node.ts';
import { currentState, type InputObject, objectState } from './input-source.ts';
import { pathInPlace } from './staging.ts';

/**
 * Checks that CSV files read in place have the dialect they were read with.
 *
 * The dialect is found while a run is planned, and the file is read later. A file written to in between is examined again:
 * the wrong dialect gives wrong rows without an error.
 *
 * @throws ObjectStoreError Precondition
 */
export async function confirmDialects(session: DuckDBSession, plan: LogicalPlan): Promise<void> {
  for (const node of walkPlan(plan)) {
    if (!(node instanceof RelationNode) || node.options === undefined) continue;
    for (const object of node.source?.objects ?? []) await confirmDialect(session, object, node.options);
  }
}

async function confirmDialect(session: DuckDBSession, object: InputObject, options: FileOptions): Promise<void> {
  const path = pathInPlace(object);
  if (path === undefined) return;
  const now = await currentState(object);
  if (now === undefined || now === objectState(object)) return;
  const query = { sql: 'FROM "file"', inputs: [{ name: 'file', format: 'csv', paths: [path] } as const] };
  const [found] = await session.describe(query).then(
    ({ inputs }) => inputs,
    () => [],
  );
  if (found !== undefined && 'options' in found && JSON.stringify(found.options) === JSON.stringify(options)) return;
  const text = 'the file was written to during the run and now separates or quotes its values differently; run again';
  throw new ObjectStoreError('Precondition', text, { store: object.store.name, path: object.meta.path });
}
