const key = Symbol.for('planscope.object-store.path-locks');

/** Shared by every copy of the package in this process. */
const holder = globalThis as { [key]?: Map<string, Promise<unknown>> };
holder[key] ??= new Map();
const tails: Map<string, Promise<unknown>> = holder[key];

/** Runs the action while no other action of this process holds the same file. */
export async function withPathLock<Value>(file: string, action: () => Promise<Value>): Promise<Value> {
  const before = tails.get(file) ?? Promise.resolve();
  const turn = before.then(action, action);
  const tail = turn.catch(() => undefined);
  tails.set(file, tail);
  try {
    return await turn;
  } finally {
    if (tails.get(file) === tail) tails.delete(file);
  }
}
