/** One thing that was checked of a package. */
export interface CheckResult {
  readonly name: string;
  readonly kind: CheckKind;
  /** Which of its kind, for example a program and a version of Node. */
  readonly which: string;
  /** Why it failed; absent where it holds. */
  readonly failure?: string;
}

export const checkKinds = [
  'npm',
  'tree',
  'types',
  'ESM',
  'CommonJS',
  'both builds',
  'pnpm',
  'drivers',
  'budget',
] as const;

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
