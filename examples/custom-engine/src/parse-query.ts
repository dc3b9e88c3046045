import type { LogicalPlan } from '@planscope/plan';
import { Count, Filter, Scan } from './plan-nodes.ts';

/**
 * Reads a query of this engine's language: `flights | where delay > 60 | count origin`.
 *
 * @throws on a step that is none of these
 */
export function parseQuery(text: string): LogicalPlan {
  const [table = '', ...steps] = text.split('|').map((step) => step.trim());
  return steps.reduce<LogicalPlan>(parseStep, new Scan(table));
}

function parseStep(input: LogicalPlan, step: string): LogicalPlan {
  const [verb, column, operator, value] = step.split(/\s+/);
  if (verb === 'where' && column !== undefined && (operator === '<' || operator === '>')) {
    return new Filter([{ column, operator, value: Number(value) }], input);
  }
  if (verb === 'count' && column !== undefined) return new Count(column, input);
  throw new Error(`"${step}" is no step; write "where column < number", "where column > number" or "count column"`);
}
