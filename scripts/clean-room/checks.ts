/** One thing that was checked of a package. */
export interface CheckResult {
  readonly name: string;
  readonly kind: CheckKind;
  /** Which of its kind, for example a program and a version of Node. */
  readonly which: string;
  /** Why it failed; absent where it holds. */
  readonly failure?: string;
}

const checkKinds = ['npm', 'tree', 'types', 'ESM', 'CommonJS', 'both builds', 'pnpm', 'drivers', 'budget'] as const;

export type CheckKind = (typeof checkKinds)[number];

/** Collects what was checked, and goes on after a failure. */
export class Checks {
  readonly results: CheckResult[] = [];

  /** @returns what the check gave; undefined where it failed */
  async run<T>(name: string, kind: CheckKind, which: string, check: () => T | Promise<T>): Promise<T | undefined> {
    try {
      const value = await check();
      this.results.push({ name, kind, which });
      return value;
    } catch (error) {
      this.results.push({ name, kind, which, failure: error instanceof Error ? error.message : String(error) });
      return undefined;
    }
  }
}

/** What ran, one line a package and one column a kind; then how many passed and failed. */
export function renderChecks(results: readonly CheckResult[]): string {
  const names = [...new Set(results.map(({ name }) => name))].sort();
  const rows = names.map((name) => [
    name,
    ...checkKinds.map((kind) => tally(results.filter((result) => result.name === name && result.kind === kind))),
  ]);
  const failed = results.filter(({ failure }) => failure !== undefined).length;
  const lines = columns([['', ...checkKinds], ...rows]);
  return [...lines, `${results.length - failed} passed, ${failed} failed`].join('\n');
}

/** What failed, each with its reason. */
export function renderFailures(results: readonly CheckResult[]): string {
  return results
    .filter(({ failure }) => failure !== undefined)
    .map(({ name, kind, which, failure }) => `FAILED @planscope/${name}: ${kind}: ${which}\n${indent(failure ?? '')}`)
    .join('\n\n');
}

function tally(results: readonly CheckResult[]): string {
  if (results.length === 0) return '-';
  const passed = results.filter(({ failure }) => failure === undefined).length;
  return passed === results.length ? String(passed) : `${passed} of ${results.length}`;
}

function columns(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

function indent(text: string): string {
  return text.trimEnd().replaceAll(/^/gm, '  ');
}
