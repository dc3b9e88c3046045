import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { explainConfigFile } from '../config-file.ts';
import { explainOtherApi, inspectGlobalTracing } from '../global/global-tracing.ts';
import { type Finding, hint, ok, problem } from './finding.ts';

const SUBJECT = 'process';

/**
 * Whether another SDK, another copy of the API, or a configuration file of OpenTelemetry is in the way.
 *
 * @param programDirectory directory from which the program resolves its packages
 */
export function checkProcess(programDirectory: string): Finding[] {
  const found = inspectGlobalTracing();
  const registered: Record<typeof found.kind, () => Finding> = {
    free: () => ok(SUBJECT, 'no tracer provider is registered yet; startTracing registers its own'),
    taken: () =>
      hint(
        'provider-registered',
        SUBJECT,
        'a tracer provider is registered already; startTracing uses it, with its sampler and exporters',
      ),
    'other-api': () => problem('other-api', SUBJECT, explainOtherApi(found.kind === 'other-api' ? found.version : '')),
  };
  return [registered[found.kind](), ...checkConfigFile(found.kind), ...checkApiCopies(programDirectory)];
}

/** An SDK that is registered already may have read the file. */
function checkConfigFile(kind: ReturnType<typeof inspectGlobalTracing>['kind']): Finding[] {
  const reason = kind === 'taken' ? undefined : explainConfigFile();
  return reason === undefined ? [] : [problem('config-file-refused', SUBJECT, reason)];
}

function checkApiCopies(programDirectory: string): Finding[] {
  const own = ownApiCopy();
  const program = apiCopySeenFrom(join(programDirectory, 'package.json'));
  if (own === undefined || program === undefined || own.version === program.version) return [];
  return [
    problem(
      'other-api',
      SUBJECT,
      `this program uses @opentelemetry/api ${program.version} (${program.directory}), Planscope ${own.version} ` +
        `(${own.directory}): they do not see each other's spans. Bring them to one version; "npm ls @opentelemetry/api" lists them`,
    ),
  ];
}

const API = '@opentelemetry/api';

/** One installed copy of the OpenTelemetry API. */
interface ApiCopy {
  readonly version: string;
  readonly directory: string;
}

/** The copy that this package uses. */
function ownApiCopy(): ApiCopy | undefined {
  return apiCopySeenFrom(import.meta.url);
}

/**
 * The copy that code at a location would load; undefined if it would find none.
 *
 * @param place path or URL of a file; it need not exist
 */
function apiCopySeenFrom(place: string | URL): ApiCopy | undefined {
  try {
    let directory = dirname(createRequire(place).resolve(API));
    for (;;) {
      const found = readPackage(join(directory, 'package.json'));
      if (found?.name === API) return { version: String(found.version), directory };
      const parent = dirname(directory);
      if (parent === directory) return undefined;
      directory = parent;
    }
  } catch {
    return undefined;
  }
}

function readPackage(file: string): { readonly name?: unknown; readonly version?: unknown } | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}
