import type { ReportProblem } from '../exporter/trace-exporter.ts';
import { writeFault } from '../file/append-text.ts';

/**
 * Writes to standard output. Reports a closed pipe instead of ending the program.
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
    // Only during a write: errors of the program's own writes belong to the program.
    if (unwritten === 0) stdout.on('error', onError);
    unwritten += 1;
    // The event of a failed write follows its callback.
    stdout.write(text, (error) => (error ? void setImmediate(release) : release()));
  };
}
