import type { ReportProblem } from '../exporter/trace-exporter.ts';
import { writeFault } from '../file/append-text.ts';

/**
 * Writes to standard output; a reader that has gone away is reported and does not end the program.
 *
 * @param what what is written, in plain words
 */
export function stdoutWriter(what: string, report: ReportProblem): (text: string) => void {
  const { stdout } = process;
  const onError = (error: Error): void => report(`cannot write ${what} to stdout (${writeFault(error)})`);
  return (text) => {
    stdout.once('error', onError);
    stdout.write(text, () => stdout.off('error', onError));
  };
}
