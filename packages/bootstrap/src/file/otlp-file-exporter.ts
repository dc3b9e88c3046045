import { renameSync, rmSync, statSync } from 'node:fs';
import { JsonTraceSerializer } from '@opentelemetry/otlp-transformer';
import type { TracingConfig } from '@planscope/config';
import {
  delivered,
  encodeSpans,
  type ImmediateExporter,
  lost,
  type ReportProblem,
} from '../exporter/trace-exporter.ts';
import { appendText, openForAppending, writeFault } from './append-text.ts';

/**
 * An exporter that appends the OTLP JSON file format: one export request a line, complete lines only. Writing is
 * synchronous, so a batch it has accepted survives `process.exit`.
 *
 * @param options the file to append to, whose directories are created, and when it is rotated
 * @param report called with each failed write
 * @throws BootstrapError when the file cannot be written
 */
export function createOtlpFileExporter(options: TracingConfig['file'], report: ReportProblem): ImmediateExporter {
  const file = openForAppending(options.path, 'file.path');
  return {
    kind: 'immediate',
    name: 'file',
    destination: file,
    deliver(spans) {
      const request = encodeSpans(JsonTraceSerializer, spans, report);
      if (request === undefined) return lost(spans.length, 'unencodable');
      try {
        const line = Buffer.concat([request, Buffer.from('\n')]);
        rotateWhenFull(file, line.length, options);
        appendText(file, line);
        return delivered(spans.length);
      } catch (error) {
        report(`cannot write the trace file (${writeFault(error)}); check the disk and the permissions`);
        return lost(spans.length, 'write_failed');
      }
    },
    close() {},
  };
}

/**
 * Rotates a file before an append would make it larger than `maxBytes`: it becomes `.1`, `.1` becomes `.2`,
 * and the oldest of `maxFiles` is removed.
 *
 * @param bytes size of the append
 * @throws when a file cannot be renamed or removed
 */
function rotateWhenFull(
  file: string,
  bytes: number,
  { maxBytes, maxFiles }: Pick<TracingConfig['file'], 'maxBytes' | 'maxFiles'>,
): void {
  if (maxBytes === undefined) return;
  const size = sizeOf(file);
  if (size === 0 || size + bytes <= maxBytes) return;
  const names = [file, ...Array.from({ length: maxFiles - 1 }, (_, index) => `${file}.${index + 1}`)];
  rmSync(names.at(-1) ?? file, { force: true });
  for (const [index, name] of [...names.entries()].slice(0, -1).reverse()) {
    // Older files appear one by one, so the first rotations find some missing.
    if (sizeOf(name) > 0) renameSync(name, `${file}.${index + 1}`);
  }
}

function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}
