import { JsonTraceSerializer } from '@opentelemetry/otlp-transformer';
import { delivered, lost } from '../exporter/delivery.ts';
import { encodeSpans } from '../exporter/encode-spans.ts';
import type { ImmediateExporter, ReportProblem } from '../exporter/trace-exporter.ts';
import { appendText, openForAppending, writeFault } from './append-text.ts';

/**
 * An exporter that appends the OTLP JSON file format: one export request a line, complete lines only. Writing is
 * synchronous, so a batch it has accepted survives `process.exit`.
 *
 * @param path file to append to; its directories are created
 * @param report told of each failed write
 * @throws BootstrapError when the file cannot be written
 */
export function createOtlpFileExporter(path: string, report: ReportProblem): ImmediateExporter {
  const file = openForAppending(path, 'file.path');
  return {
    kind: 'immediate',
    name: 'file',
    destination: file,
    deliver(spans) {
      const request = encodeSpans(JsonTraceSerializer, spans, report);
      if (request === undefined) return lost(spans.length, 'unencodable');
      try {
        appendText(file, Buffer.concat([request, Buffer.from('\n')]));
        return delivered(spans.length);
      } catch (error) {
        report(`cannot write the trace file (${writeFault(error)}); check the disk and the permissions`);
        return lost(spans.length, 'write_failed');
      }
    },
    close() {},
  };
}
