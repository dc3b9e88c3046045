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

/** How many checks of each kind passed, by package, for `console.table`. */
export function tallyChecks(
  results: readonly CheckResult[],
): Readonly<Record<string, Readonly<Record<string, string>>>> {
  const names = [...new Set(results.map(({ name }) => name))].sort();
  return Object.fromEntries(
    names.map((name) => {
      const ofPackage = results.filter((result) => result.name === name);
      return [
        name,
        Object.fromEntries(checkKinds.map((kind) => [kind, tally(ofPackage.filter((result) => result.kind === kind))])),
      ];
    }),
  );
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

function indent(text: string): string {
  return text.trimEnd().replaceAll(/^/gm, '  ');
}
