import { FIELD_ESTIMATED_ROWS, FIELD_EXPRESSIONS, FIELD_FILES, FIELD_PROJECTIONS } from '@planscope/semconv';
import type { Operator } from '../run.ts';
import { fieldTexts } from './row-subject.ts';
import type { TreeSpan } from './tree-span.ts';

const CHEAP = 0.01;

/**
 * Removes projections that tell a reader nothing: they output as many rows as they get, in less than a hundredth of
 * the compute time of their query. Operators below one attach to the next that stays.
 */
export function foldProjections(spans: readonly TreeSpan[]): {
  readonly spans: readonly TreeSpan[];
  readonly folded: number;
} {
  const children = new Map<string | undefined, TreeSpan[]>();
  for (const row of spans) {
    const siblings = children.get(row.parentId);
    if (siblings === undefined) children.set(row.parentId, [row]);
    else siblings.push(row);
  }
  const folded = new Map(
    spans.filter((row) => isIdle(row, children.get(row.span.id) ?? [])).map((row) => [row.span.id, row]),
  );
  const kept = spans.filter(({ span }) => !folded.has(span.id));
  return { spans: kept.map((row) => ({ ...row, parentId: placeOf(row) })), folded: folded.size };

  function placeOf({ parentId }: TreeSpan): string | undefined {
    let parent = parentId;
    for (let above = folded.get(parent ?? ''); above !== undefined; above = folded.get(parent ?? '')) {
      parent = above.parentId;
    }
    return parent;
  }
}

function isIdle({ operator }: TreeSpan, below: readonly TreeSpan[]): boolean {
  const [only, ...more] = below;
  if (operator?.origin !== 'engine' || only?.operator?.origin !== 'engine' || more.length > 0) return false;
  if (operator.status === 'error' || operator.warningCodes.length > 0 || (operator.computeShare ?? 0) >= CHEAP)
    return false;
  return operator.rows !== undefined && operator.rows === only.operator.rows && isProjection(operator);
}

function isProjection({ name, fields }: Operator): boolean {
  const keys = fields.map(({ key }) => key).filter((key) => key !== FIELD_ESTIMATED_ROWS);
  const projects = keys.length > 0 && keys.every((key) => key === FIELD_PROJECTIONS || key === FIELD_EXPRESSIONS);
  return projects && /projection/i.test(name);
}

/**
 * Puts the reads of a file that several scans of a query share below the first of them, with a note. An engine that does not say
 * which scan asked leaves the reads at the query, where readers do not expect them.
 */
export function placeSharedReads(spans: readonly TreeSpan[]): readonly TreeSpan[] {
  const byId = new Map(spans.map((row) => [row.span.id, row]));
  const scans = spans.flatMap((row) => {
    const files = row.operator?.origin === 'engine' ? fieldTexts(row.operator.fields, FIELD_FILES) : [];
    return files.length === 0 ? [] : [{ row, files, within: new Set(above(row)) }];
  });
  return spans.map((row) => {
    const parent = byId.get(row.parentId ?? '');
    const location = row.call?.location;
    if (location === undefined || parent === undefined || parent.operator?.origin === 'engine') return row;
    const readers = scans.filter(({ files, within }) => within.has(parent.span.id) && files.includes(location));
    const [first] = readers;
    if (first === undefined || readers.length === 1) return row;
    return { ...row, parentId: first.row.span.id, note: `for ${readers.length} scans` };
  });

  function above({ parentId }: TreeSpan): string[] {
    const ids: string[] = [];
    for (let row = byId.get(parentId ?? ''); row !== undefined; row = byId.get(row.parentId ?? ''))
      ids.push(row.span.id);
    return ids;
  }
}
