import { JsonTraceSerializer } from '@opentelemetry/otlp-transformer';
import type { TracingConfig } from '@planscope/config';
import { delivered, lost } from '../exporter/delivery.ts';
import { encodeSpans } from '../exporter/encode-spans.ts';
import type { ImmediateExporter, ReportProblem } from '../exporter/trace-exporter.ts';
import { appendText, openForAppending, writeFault } from './append-text.ts';
import { rotateWhenFull } from './rotate-when-full.ts';

/**
 * An exporter that appends the OTLP JSON file format: one export request a line, complete lines only. Writing is
 * synchronous, so a batch it has accepted survives `process.exit`.
 *
 * @param options the file to append to, whose directories are created, and when it is rotated
 * @param report told of each failed write
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
