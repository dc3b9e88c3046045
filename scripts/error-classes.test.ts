import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { publicPackages } from './release/public-packages.ts';

type ErrorClass = (new (...values: unknown[]) => Error) & { isInstance(error: unknown): boolean };

const problem = { field: 'limit', value: -1, allowed: ['0'], origin: 'explicit', message: 'wrong' };

/** What each class is constructed with; `cause` is added where the class takes one. */
const constructions: Readonly<Record<string, (create: ErrorClass, cause: Error) => Error>> = {
  ArrowConversionError: (create) => new create('unsupported-type', 'a', 'is wrong'),
  BootstrapError: (create, cause) => new create('unknown-sampler', 'wrong', { cause }),
  ConfigError: (create, cause) => new create([problem], { cause }),
  DuckDBError: (create, cause) => new create('syntax', 'wrong', { cause }),
  EngineError: (create) => new create('engine-closed', 'wrong'),
  ExecutionOptionsError: (create) => new create('maxSpans', -1, 'a whole number'),
  ObjectCacheError: (create, cause) => new create('closed', 'wrong', { cause }),
  ObjectStoreError: (create, cause) => new create('NotFound', 'wrong', { cause }),
  PlanError: (create, cause) => new create('invalid-plan', 'wrong', { cause }),
  PlanningOptionsError: (create) => new create('mode', 'loud', 'full or off'),
  PreviewError: (create) => new create('wrong'),
  QueryLogError: (create, cause) => new create('invalid-option', 'wrong', { cause }),
  RunModelError: (create, cause) => new create('invalid-otlp', 'wrong', { cause }),
  SpecError: (create, cause) => new create('invalid-spec', 'views', 'wrong', { cause }),
  TrinoClientError: (create, cause) => new create('unreachable', 'wrong', { cause }),
};

/** Errors of an engine, with its own message and code. */
const ofEngines: ReadonlySet<string> = new Set(['TrinoQueryError']);

// A package that only has a command exports nothing.
const packages = publicPackages(fileURLToPath(new URL('..', import.meta.url))).filter(
  ({ manifest }) => '.' in manifest.exports,
);
const classes = await Promise.all(
  packages.map(async ({ folderName, folder }) => {
    const exported = Object.values(await import(join(folder, 'src', 'index.ts')));
    return exported.filter(isErrorClass).map((errorClass) => [errorClass.name, folderName, errorClass] as const);
  }),
).then((found) => found.flat());

function isErrorClass(exported: unknown): exported is ErrorClass {
  return typeof exported === 'function' && exported.prototype instanceof Error && !ofEngines.has(exported.name);
}

test('every exported class of errors is looked at', () => {
  expect(classes.map(([name]) => name).sort()).toEqual(Object.keys(constructions).sort());
});

test.each(classes)('%s of %s has a prefix, a code, its cause and a marker', (name, folderName, errorClass) => {
  const cause = new Error('below');
  const construct = constructions[name];
  if (construct === undefined) throw new Error(`say above how ${name} is constructed`);
  const error = construct(errorClass, cause);
  expect(error).toMatchObject({ name, code: expect.stringMatching(/^[a-z]+(-[a-z]+)*$/) });
  expect(error.message).toMatch(new RegExp(`^\\[planscope/${folderName}\\] \\S`));
  if (construct.length > 1) expect(error.cause).toBe(cause);
  expect(classes.filter(([, , other]) => other.isInstance(error)).map(([other]) => other)).toEqual([name]);
  expect(errorClass.isInstance(new Error(error.message))).toBe(false);

  const symbols = Object.getOwnPropertySymbols(error).map((symbol) => Symbol.keyFor(symbol) ?? '');
  expect(symbols).toEqual([expect.stringMatching(new RegExp(`^planscope\\.${folderName}\\.`))]);
});
