// Runs in every test file: the files of a package share processes, so that what one leaves behind is there for the next.
import { afterAll, expect, vi } from 'vitest';

// Where the API of OpenTelemetry keeps what is registered with it.
const api = Symbol.for('opentelemetry.js.api.1');
const holder = globalThis as { [api]?: Readonly<Record<string, unknown>> };

/** What a test can change for the whole process. */
function processState(): object {
  return {
    folder: process.cwd(),
    registeredWithOpenTelemetry: Object.keys(holder[api] ?? {}).filter((key) => key !== 'version'),
    hasFakeTimers: vi.isFakeTimers(),
  };
}

const before = processState();
const environment = { ...process.env };
afterAll(() => {
  vi.unstubAllEnvs();
  vi.unstubAllGlobals();
  // Names alone, since values may be secrets that a log of CI is not to show.
  const names = [...new Set([...Object.keys(environment), ...Object.keys(process.env)])];
  const changed = names.filter((name) => process.env[name] !== environment[name]);
  expect(changed, 'the tests of this file change variables of the environment').toEqual([]);
  expect(processState(), 'the tests of this file leave something behind in the process').toEqual(before);
});
