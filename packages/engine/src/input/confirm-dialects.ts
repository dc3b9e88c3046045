import type { DuckDBSession, FileOptions } from '@planscope/duckdb';
import { innerStore, ObjectStoreError } from '@planscope/object-store';
import { type LogicalPlan, walkPlan } from '@planscope/plan';
import { RelationNode } from '../logical/relation-node.ts';
import { type InputObject, objectState } from './input-source.ts';
import { pathInPlace } from './staging.ts';

/**
 * Makes sure that CSV files that were read in place have the dialect that they were read by.
 *
 * It is found when a run is planned, and the file is read some time after that. One that was written to in the meantime is
 * looked at again; by another dialect its rows would be others, without an error.
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
  const { store, meta, url } = object;
  // No request of the run's own, so it has no span.
  const now = await innerStore(store)
    .head(meta.path)
    .catch(() => undefined);
  if (now === undefined || objectState({ url, store, meta: now }) === objectState(object)) return;
  const query = { sql: 'FROM "file"', inputs: [{ name: 'file', format: 'csv', paths: [path] } as const] };
  const [found] = await session.describe(query).then(
    ({ inputs }) => inputs,
    () => [],
  );
  if (found !== undefined && 'options' in found && JSON.stringify(found.options) === JSON.stringify(options)) return;
  const text =
    'the object was written to while it was read, and separates or quotes its values in another way now; run again';
  throw new ObjectStoreError('Precondition', text, { store: store.name, path: meta.path });
}
