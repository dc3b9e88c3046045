import { readFileSync } from 'node:fs';
import { spansFromOtlpJson, type TraceSpan } from '@planscope/run-model';

/**
 * Reads all spans of a trace file, in the order they were exported: OTLP JSON with one export request a line, as the
 * file exporter of `@planscope/bootstrap` and the one of the OpenTelemetry Collector write it. Lines of metrics and logs
 * are skipped.
 *
 * @throws Error that names the line that is not JSON, such as the last one of a program that was killed while it wrote,
 *   or that has an invalid span
 */
export function readTraceFile(path: string): TraceSpan[] {
  return readFileSync(path, 'utf8')
    .split('\n')
    .flatMap((line, index) => (line === '' ? [] : readRequest(line, `line ${index + 1} of ${path}`)));
}

function readRequest(line: string, place: string): TraceSpan[] {
  let request: unknown;
  try {
    request = JSON.parse(line);
  } catch (cause) {
    throw new Error(`[planscope/testing] ${place} is not JSON; expected an OTLP export request`, { cause });
  }
  return spansFromOtlpJson(request, (reason) => {
    throw new Error(`[planscope/testing] ${place}: ${reason}`);
  });
}
