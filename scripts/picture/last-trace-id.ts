import { readFileSync } from 'node:fs';

const TRACE_ID = /"traceId":"([0-9a-f]{32})"/g;

/** The trace that was written last into a file of OTLP JSON lines. */
export function lastTraceId(path: string): string {
  const id = [...readFileSync(path, 'utf8').matchAll(TRACE_ID)].at(-1)?.[1];
  if (id === undefined) throw new Error(`${path} holds no trace; run the demo first, with a preset other than off`);
  return id;
}
