import { randomUUID } from 'node:crypto';
import type { ObjectStore } from '../contract/object-store.ts';
import { basicChecks } from './checks/basic-checks.ts';
import { conditionChecks } from './checks/condition-checks.ts';
import { copyChecks } from './checks/copy-checks.ts';
import { endingChecks } from './checks/ending-checks.ts';
import { listingChecks } from './checks/listing-checks.ts';
import { multipartChecks } from './checks/multipart-checks.ts';
import { pathChecks } from './checks/path-checks.ts';
import { rangeChecks } from './checks/range-checks.ts';
import type { Check } from './room.ts';

const checks: readonly Check[] = [
  ...basicChecks,
  ...conditionChecks,
  ...rangeChecks,
  ...listingChecks,
  ...copyChecks,
  ...multipartChecks,
  ...pathChecks,
  ...endingChecks,
];

/** One check of the suite; hand `name` and `run` to any test runner. */
export interface ConformanceCheck {
  readonly name: string;
  /** Why the check is expected to fail, if it is. */
  readonly knownGap?: string;
  /** @throws if the store breaks the contract, or if a known gap is closed */
  run(): Promise<void>;
}

/** Known limits of the server behind a store. */
export interface ConformanceOptions {
  /**
   * Checks that the server behind the store is known to fail, by name, each with the reason. They run all the same, and
   * one that passes is an error: the gap is closed and its entry has to go.
   */
  readonly knownGaps?: Readonly<Record<string, string>>;
}

/**
 * What every store has to do, as checks for any test runner. Each works below its own prefix and removes
 * what it wrote, so they may run at the same time and against a bucket that holds other things.
 *
 * @param makeStore called once for each check; may give the same store each time
 * @throws RangeError if a known gap names no check
 */
export function objectStoreConformance(
  makeStore: () => ObjectStore | Promise<ObjectStore>,
  options: ConformanceOptions = {},
): ConformanceCheck[] {
  const gaps = options.knownGaps ?? {};
  const unknown = Object.keys(gaps).filter((name) => !checks.some((check) => check.name === name));
  if (unknown.length > 0) {
    const names = checks.map(({ name }) => name).join(', ');
    throw new RangeError(`[planscope/object-store] knownGaps names ${unknown.join(', ')}; the checks are ${names}`);
  }
  return checks.map((check) => {
    const knownGap = gaps[check.name];
    const run = (): Promise<void> => runCheck(check, makeStore);
    return knownGap === undefined
      ? { name: check.name, run }
      : { name: `${check.name} (known gap: ${knownGap})`, knownGap, run: () => expectGap(check.name, run) };
  });
}

async function runCheck(check: Check, makeStore: () => ObjectStore | Promise<ObjectStore>): Promise<void> {
  const store = await makeStore();
  const prefix = `conformance/${check.name}-${randomUUID()}`;
  try {
    await check.run({ store, prefix });
  } finally {
    const left: string[] = [];
    for await (const { path } of store.list(prefix)) left.push(path);
    for (const path of left) await store.delete(path);
  }
}

async function expectGap(name: string, run: () => Promise<void>): Promise<void> {
  const failed = await run().then(
    () => false,
    () => true,
  );
  if (!failed) throw new Error(`[planscope/object-store] ${name} passes now; take it out of knownGaps`);
}
