import type { RunResult } from '@planscope/engine';
import type { DemoArguments } from './arguments.ts';
import type { Style } from './style.ts';

/** The files that the demo wrote of its trace. */
export interface TraceFiles {
  readonly traceFile: string;
  readonly pageFile: string;
}

/** Where the trace is, and how to have it somewhere else. */
export function whereToLook(
  demo: DemoArguments,
  { traceId }: RunResult,
  { traceFile, pageFile }: TraceFiles,
  style: Style,
): string {
  if (traceId === undefined) return 'Nothing was traced: the preset is off.';
  const link = viewerLink(demo, traceId);
  return [
    `${style.bold('Trace id')}  ${traceId}`,
    `${style.bold('File')}      ${traceFile} (OTLP JSON, one export request a line)`,
    `${style.bold('Page')}      ${pageFile} (open it in a browser)`,
    ...(demo.otlp === undefined ? [] : [`${style.bold('Sent to')}   ${demo.otlp}`]),
    ...(link === undefined ? [] : [`${style.bold('Open')}      ${link}`]),
    ...(demo.otlp === undefined
      ? ['To send it to a collector instead: npm run demo -- --otlp http://127.0.0.1:4318']
      : []),
  ].join('\n');
}

const JAEGER_PORT = '16686';

/** The viewer that was named, else the place where Jaeger shows what its own collector got. */
function viewerLink({ viewer, otlp }: DemoArguments, traceId: string): string | undefined {
  if (viewer !== undefined) {
    return viewer.includes('{traceId}')
      ? viewer.replaceAll('{traceId}', traceId)
      : `${viewer.replace(/\/$/, '')}/trace/${traceId}`;
  }
  if (otlp === undefined) return undefined;
  const url = new URL(`/trace/${traceId}`, otlp);
  url.port = JAEGER_PORT;
  return `${url.href} (where the collector is Jaeger; name another with --viewer)`;
}
