import { readFileSync } from 'node:fs';
import { demand } from './demand.ts';
import { type PackageSize, type SizeField, sizeFields } from './package-size.ts';

/** Most of everything that a package may cost. */
export type Budget = Readonly<Record<SizeField, number>>;

const FILE = 'scripts/clean-room/budget.json';

/** The budgets by folder of the package. */
export function readBudgets(): Readonly<Record<string, Budget>> {
  return JSON.parse(readFileSync(new URL('budget.json', import.meta.url), 'utf8')) as Record<string, Budget>;
}

/**
 * Holds a package to its budget.
 *
 * @throws CheckFailure with everything that is over it, and what to do
 */
export function checkBudget(size: PackageSize, budgets: Readonly<Record<string, Budget>>): void {
  const budget = budgets[size.name];
  demand(budget !== undefined, `@planscope/${size.name} has no budget; give it one in ${FILE}`);
  const over = sizeFields.filter((field) => size[field] > budget[field]);
  const lines = over.map(
    (field) => `${field}: ${shown(field, size[field])}, and the limit is ${shown(field, budget[field])}`,
  );
  demand(
    over.length === 0,
    `@planscope/${size.name} is over its budget\n${lines.join('\n')}\n` +
      'Find out what came in ("npm ls --all" in an empty project, "tar tzf" of the tarball) and take it out again. ' +
      `If it is worth its weight, raise the limit in ${FILE} and say why in the commit.`,
  );
}

function shown(field: SizeField, value: number): string {
  return field === 'dependencies' ? String(value) : `${value} kB`;
}
