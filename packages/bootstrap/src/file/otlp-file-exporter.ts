import { closeSync, fstatSync, ftruncateSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { JsonTraceSerializer } from '@opentelemetry/otlp-transformer';
import { BootstrapError } from '../bootstrap-error.ts';
import { delivered, lost } from '../exporter/delivery.ts';
import { encodeSpans } from '../exporter/encode-spans.ts';
import type { ImmediateExporter, ReportProblem } from '../exporter/trace-exporter.ts';

/**
 * An exporter that appends the OTLP JSON file format: one export request a line, complete lines only. Writing is
 * synchronous, so a batch it has accepted survives `process.exit`.
 *
 * @param path file to append to; its directories are created
 * @param report told of each failed write
 * @throws BootstrapError when the file cannot be written
 */
export function createOtlpFileExporter(path: string, report: ReportProblem): ImmediateExporter {
  const file = resolve(path);
  try {
    mkdirSync(dirname(file), { recursive: true });
    closeSync(openSync(file, 'a'));
  } catch (cause) {
    throw new BootstrapError(
      'unwritable_file',
      `file.path: cannot write ${JSON.stringify(path)} (${reasonOf(cause)}); use a file in a directory this process may write to`,
      { cause },
    );
  }
  return {
    kind: 'immediate',
    name: 'file',
    destination: file,
    deliver(spans) {
      const line = encodeSpans(JsonTraceSerializer, spans, report);
      if (line === undefined) return lost(spans.length, 'unencodable');
      try {
        appendLine(file, line);
        return delivered(spans.length);
      } catch (error) {
        report(`cannot write the trace file ${file} (${reasonOf(error)}); check the disk and the permissions`);
        return lost(spans.length, 'write_failed');
      }
    },
    close() {},
  };
}

/** Opens the file anew each time, so that a log rotation which moved it away is followed. */
function appendLine(file: string, line: Uint8Array): void {
  const descriptor = openSync(file, 'a');
  try {
    const { size } = fstatSync(descriptor);
    const text = Buffer.concat([line, Buffer.from('\n')]);
    let written = 0;
    try {
      while (written < text.length) written += writeSync(descriptor, text, written);
    } catch (error) {
      takeBack(descriptor, size, written);
      throw error;
    }
  } finally {
    closeSync(descriptor);
  }
}

/** Removes a line that did not fit on the disk, unless another process has appended behind it. */
function takeBack(descriptor: number, size: number, written: number): void {
  if (written > 0 && fstatSync(descriptor).size === size + written) ftruncateSync(descriptor, size);
}

function reasonOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error);
}
