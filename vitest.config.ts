import { readdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const root = fileURLToPath(new URL('.', import.meta.url));

/** What takes longer hangs: no test is timed, and a machine can have other load. */
const HANG = { testTimeout: 120_000, hookTimeout: 120_000, expect: { poll: { timeout: 15_000 } } };

/** Their test files share processes, which load the modules of a package once. A file that cannot share one says so. */
const SHARING: ReadonlySet<string> = new Set([
  ...['config', 'duckdb', 'engine', 'findings', 'lake', 'metrics-collector', 'object-store', 'plan', 'preview'],
  ...['redaction', 'rule-instrumentation', 'run-model', 'semconv', 'testing', 'trino'],
]);

/** Runs in every test file. */
const setupFiles = ['internal/src/left-behind.setup.ts', 'schema/src/drift-guard.setup.ts'].map((file) => root + file);

/** One project a workspace package; sources, not builds, are what the tests run. */
function project(folder: string, name: string): { extends: false; root: string; [key: string]: unknown } {
  return {
    extends: false,
    root: `${root}${folder}/${name}`,
    ssr: { resolve: { conditions: ['@planscope/source', 'node'] } },
    test: {
      name,
      // The tests of any package fail while a document that is generated from the schemas is stale.
      include: ['src/**/*.test.ts', 'test/**/*.test.ts', `${root}schema/src/generated-documents.test.ts`],
      setupFiles,
      execArgv: ['--expose-gc'],
      ...HANG,
      isolate: !SHARING.has(name),
    },
  };
}

const projects = [
  ...['packages', 'apps'].flatMap((folder) => readdirSync(`${root}${folder}`).map((name) => project(folder, name))),
  project('.', 'internal'),
  project('.', 'schema'),
  project('.', 'bundles'),
];

/** Extensions of DuckDB load only into the driver of their version, so that all packages use that one here. */
const lake = project('.', 'lake');
const driver = (name: string): string => fileURLToPath(new URL(`lake/node_modules/@duckdb/${name}/`, import.meta.url));
lake.resolve = { alias: { '@duckdb/node-api': driver('node-api'), '@duckdb/node-bindings': driver('node-bindings') } };

const scripts = {
  root: `${root}scripts`,
  ssr: { resolve: { conditions: ['@planscope/source', 'node'] } },
  test: { name: 'scripts', ...HANG },
};

export default defineConfig({
  test: {
    projects: [...projects, lake, scripts],
    // One more than there are cores, since much of the time they wait for servers, child processes and DuckDB.
    maxWorkers: availableParallelism() + 1,
    coverage: {
      provider: 'v8',
      include: ['packages/*/src/**/*.ts', 'internal/src/**/*.ts'],
      exclude: ['**/*.test.ts', '**/index.ts'],
    },
  },
});
