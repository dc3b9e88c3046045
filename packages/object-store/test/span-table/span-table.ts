import type { SpanRecorder } from '@planscope/testing';

type Spans = ReturnType<SpanRecorder['spans']>;

const everyOperation = 'every operation';
const failure = 'one that fails';

/** What the spans of each operation carry on each store, as a table in Markdown. */
export function spanTable(spansByStore: ReadonlyMap<string, Spans>): string {
  const stores = [...spansByStore.keys()];
  const carried = new Map([...spansByStore].map(([store, spans]) => [store, attributesByOperation(spans)] as const));
  // The store that can do most gives the order; failures come last.
  const [most] = [...carried.values()].sort((left, right) => right.size - left.size);
  const operations = [...(most?.keys() ?? [])].filter((operation) => operation !== failure).concat(failure);
  const rows = operations.map((operation) => {
    const sets = stores.flatMap((store) => carried.get(store)?.get(operation) ?? []);
    const everywhere = intersection(sets);
    const cells = stores.map((store) => {
      const attributes = carried.get(store)?.get(operation);
      return attributes === undefined ? 'cannot' : shown([...attributes].filter((key) => !everywhere.has(key)));
    });
    const name = [everyOperation, failure].includes(operation) ? operation : `\`${operation}\``;
    return [name, shown([...everywhere]), ...cells];
  });
  const header = ['Operation', 'Each store that can', ...stores.map((store) => `${store}, beside`)];
  return aligned([header, header.map(() => ''), ...rows]);
}

/** The attributes of each operation's spans, without those that all spans of the store have. */
function attributesByOperation(spans: Spans): Map<string, Set<string>> {
  const found = new Map<string, Set<string>>();
  const shared = intersection(spans.map(({ attributes }) => new Set(Object.keys(attributes))));
  found.set(everyOperation, shared);
  for (const { attributes } of spans) {
    const failed = 'error.type' in attributes;
    const operation = String(attributes['object_store.operation']);
    const keys = Object.keys(attributes).filter((key) => !shared.has(key));
    const errors = new Set(['error.type', 'object_store.result.err']);
    add(
      found,
      operation,
      keys.filter((key) => !errors.has(key)),
    );
    if (failed) add(found, failure, [...errors]);
  }
  return found;
}

function add(found: Map<string, Set<string>>, operation: string, keys: readonly string[]): void {
  found.set(operation, new Set([...(found.get(operation) ?? []), ...keys]));
}

function intersection(sets: readonly ReadonlySet<string>[]): Set<string> {
  const [first = new Set<string>(), ...others] = sets;
  return new Set([...first].filter((key) => others.every((other) => other.has(key))));
}

function shown(keys: readonly string[]): string {
  return [...keys]
    .map((key) => key.replace(/^object_store(?=\.)/, ''))
    .sort()
    .map((key) => `\`${key}\``)
    .join(' ');
}

function aligned(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  return rows
    .map((row, index) => {
      const fill = index === 1 ? '-' : ' ';
      return `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0, fill)).join(' | ')} |`;
    })
    .join('\n');
}
