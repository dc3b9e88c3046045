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
  let unwritten = 0;
  const release = (): void => {
    unwritten -= 1;
    if (unwritten === 0) stdout.off('error', onError);
  };
  return (text) => {
    // Only while something is being written: an error of the program's own writing is its own.
    if (unwritten === 0) stdout.on('error', onError);
    unwritten += 1;
    // The event of a failed write follows its callback.
    stdout.write(text, (error) => (error ? void setImmediate(release) : release()));
  };
}
