import assert from 'node:assert/strict';
import type { ObjectStore } from '../contract/object-store.ts';
import { ObjectStoreError, type ObjectStoreErrorKind } from '../contract/object-store-error.ts';
import type { GetOptions, ObjectMeta } from '../contract/store-calls.ts';

/** What one check works in: a store and its own prefix. */
export interface Room {
  readonly store: ObjectStore;
  readonly prefix: string;
}

/** A named check; it throws if the store breaks the contract. */
export interface Check {
  readonly name: string;
  readonly run: (room: Room) => Promise<void>;
}

/** The path of a name within the room. */
export function at(room: Room, name: string): string {
  return `${room.prefix}/${name}`;
}

/** Writes an object for each name, its content the name itself. */
export async function putNames(room: Room, names: readonly string[]): Promise<void> {
  for (const name of names) await room.store.put(at(room, name), name);
}

/** The names within the room, in the order given. */
export function namesOf(room: Room, objects: readonly ObjectMeta[]): string[] {
  return objects.map(({ path }) => path.slice(room.prefix.length + 1));
}

export async function readText(room: Room, name: string, options?: GetOptions): Promise<string> {
  const { body } = await room.store.get(at(room, name), options);
  return body.text();
}

export async function collect<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const collected: Item[] = [];
  for await (const item of items) collected.push(item);
  return collected;
}

/** Asserts that a call fails with this kind, and that the error names its store. */
export async function fails(
  kind: ObjectStoreErrorKind | readonly ObjectStoreErrorKind[],
  room: Room,
  call: Promise<unknown>,
): Promise<void> {
  const kinds = typeof kind === 'string' ? [kind] : kind;
  const error = await call.then(
    () => assert.fail(`expected ${kinds.join(' or ')}, but the call succeeded`),
    (thrown: unknown) => thrown,
  );
  if (!ObjectStoreError.isInstance(error)) throw error;
  if (!kinds.includes(error.kind)) throw error;
  assert.equal(error.store, room.store.name, 'an error names its store');
}

/** Bytes that differ from place to place, so that a wrong offset shows. */
export function patternBytes(size: number, seed = 0): Uint8Array {
  const period = 65_521;
  const block = Uint8Array.from({ length: Math.min(size, period) }, (_, index) => index * 31 + (index >> 8) * 7 + seed);
  const bytes = new Uint8Array(size);
  for (let start = 0; start < size; start += period) bytes.set(block.subarray(0, size - start), start);
  return bytes;
}

export function sameBytes(actual: Uint8Array, expected: Uint8Array, message: string): void {
  assert.equal(actual.byteLength, expected.byteLength, `${message}: length`);
  assert.equal(Buffer.compare(actual, expected), 0, `${message}: content`);
}
