import { present } from '@planscope/internal/present';
import type { TrinoPlanNode } from './query-info.ts';
import { type Fields, fieldsOf, listOf, textOf, wordOf } from './report-values.ts';

/** Plans are not nested so deep; a report that is could overflow the stack of what walks it. */
const MAX_DEPTH = 500;

/** The plan of a fragment, from its text in JSON; undefined if there is none that can be read. */
export function readPlan(plan: Fields | undefined): TrinoPlanNode | undefined {
  const root = parsed(plan?.jsonRepresentation);
  const estimates = fieldsOf(fieldsOf(plan?.statsAndCosts)?.stats) ?? {};
  return root === undefined ? undefined : readNode(root, estimates, MAX_DEPTH);
}

function parsed(text: unknown): unknown {
  try {
    return typeof text === 'string' ? JSON.parse(text) : undefined;
  } catch {
    return undefined;
  }
}

function readNode(value: unknown, estimates: Fields, depth: number): TrinoPlanNode | undefined {
  const fields = fieldsOf(value) ?? {};
  const [id, name] = [wordOf('id', fields.id), wordOf('name', fields.name)];
  if (id === undefined || name === undefined || depth === 0) return undefined;
  const descriptor = Object.entries(fieldsOf(fields.descriptor) ?? {});
  const texts = descriptor.filter((entry): entry is [string, string] => typeof entry[1] === 'string');
  const children = (listOf(fields.children) ?? []).flatMap((child) => readNode(child, estimates, depth - 1) ?? []);
  return {
    id,
    name,
    descriptor: Object.fromEntries(texts),
    details: (listOf(fields.details) ?? []).flatMap((detail) => textOf(detail) ?? []),
    ...present({ estimatedRows: estimateOf(estimates, id) }),
    children,
  };
}

function estimateOf(estimates: Fields, id: string): number | undefined {
  const rows = Object.hasOwn(estimates, id) ? fieldsOf(estimates[id])?.outputRowCount : undefined;
  // Where Trino has no estimate, it is the text "NaN".
  return typeof rows === 'number' && Number.isFinite(rows) && rows >= 0 ? rows : undefined;
}
