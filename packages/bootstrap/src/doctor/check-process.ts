import { join } from 'node:path';
import { inspectGlobalTracing } from '../global/global-tracing.ts';
import { explainOtherApi } from '../global/other-api.ts';
import { apiCopySeenFrom, ownApiCopy } from './api-copies.ts';
import { type Finding, hint, ok, problem } from './finding.ts';

const SUBJECT = 'process';

/**
 * Whether another SDK, or another copy of the API, stands in the way.
 *
 * @param programDirectory where the program's own code finds its packages
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
  return [registered[found.kind](), ...checkApiCopies(programDirectory)];
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
