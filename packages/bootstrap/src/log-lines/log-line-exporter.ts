import type { TracingConfig } from '@planscope/config';
import { delivered, lost } from '../exporter/delivery.ts';
import type { ImmediateExporter, ReportProblem } from '../exporter/trace-exporter.ts';
import { appendText, openForAppending, writeFault } from '../file/append-text.ts';
import { logLine } from './log-line.ts';
import { stdoutWriter } from './stdout-writer.ts';

/**
 * An exporter that writes one JSON object a span and line, for collectors of logs.
 *
 * @param log the file that is appended to; standard output where none is named
 * @param report told of each failed write
 * @throws BootstrapError when the file cannot be written
 */
export function createLogLineExporter(log: TracingConfig['log'], report: ReportProblem): ImmediateExporter {
  const { destination, write } =
    log.path === undefined ? { destination: 'stdout', write: stdoutWriter('log lines', report) } : toFile(log.path);
  return {
    kind: 'immediate',
    name: 'log',
    destination,
    deliver(spans) {
      const lines = spans.map((span) => `${JSON.stringify(logLine(span))}\n`).join('');
      try {
        write(lines);
        return delivered(spans.length);
      } catch (error) {
        report(`cannot write log lines (${writeFault(error)}); check the disk and the permissions`);
        return lost(spans.length, 'write_failed');
      }
    },
    close() {},
  };
}

interface LineWriter {
  readonly destination: string;
  readonly write: (lines: string) => void;
}

function toFile(path: string): LineWriter {
  const file = openForAppending(path, 'log.path');
  return { destination: file, write: (lines) => appendText(file, Buffer.from(lines)) };
}
