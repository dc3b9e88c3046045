import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { bytesText } from '@planscope/internal/quantity';
import type { ReadIssue, ReadRunsOptions, Run } from '@planscope/run-model';
import { CommandError } from '../command-error.ts';
import { wrapLine } from '../output/fit-text.ts';
import { Progress, type Terminal } from '../output/terminal.ts';
import { unreadableFile } from './file-error.ts';
import { readAnyRuns } from './read-any-runs.ts';

/** Parts that cannot be read are told one by one up to this number. */
const MAX_ISSUES = 10;

/**
 * The runs of a file, in the order in which their traces end. What cannot be read is told and skipped.
 *
 * @param file path of a trace, a profile or of runs; `-` for standard input
 * @param options `withSpans: false` leaves out the raw spans of traces, which takes less time and memory
 * @throws CommandError if the file cannot be read, or contains nothing that can
 */
export async function* runsOf(
  file: string,
  terminal: Terminal,
  options: Pick<ReadRunsOptions, 'withSpans'> = {},
): AsyncGenerator<Run> {
  const { stderr, colors, messageColumns, signal } = terminal;
  const progress = new Progress(terminal);
  const size = await sizeOf(file);
  const input = file === '-' ? terminal.stdin : createReadStream(file);
  let read = 0;
  let issues = 0;
  let runs = 0;
  try {
    const chunks = counted(input, (bytes) => {
      read = bytes;
      progress.show(() => (size === 0 ? bytesText(bytes) : `${bytesText(bytes)} of ${bytesText(size)}`));
    });
    for await (const run of readAnyRuns(chunks, tell, options)) {
      signal.throwIfAborted();
      runs += 1;
      progress.clear();
      yield run;
    }
  } catch (cause) {
    if (!(cause instanceof Error && ('syscall' in cause || 'code' in cause))) throw cause;
    throw unreadableFile(file, cause);
  } finally {
    progress.clear();
    if (issues > MAX_ISSUES) {
      const more = `${issues - MAX_ISSUES} more parts of ${file} cannot be read`;
      stderr.write(`${wrapLine(more, messageColumns, 2)}\n`);
    }
  }
  if (runs === 0 && read === 0) throw new CommandError(`${file === '-' ? 'standard input' : file} is empty`);
  if (runs === 0 && issues > 0) {
    throw new CommandError(`${file} is no trace, profile or run that planscope can read`);
  }

  function tell({ line, message }: Pick<ReadIssue, 'line' | 'message'>): void {
    issues += 1;
    if (read === 0) return;
    if (issues > MAX_ISSUES) return;
    progress.clear();
    const place = line === undefined ? file : `${file}:${line}`;
    const text = wrapLine(`skipped: ${place}: ${message}`, messageColumns, 2);
    stderr.write(`${text.replace('skipped', colors.yellow('skipped'))}\n`);
  }
}

async function sizeOf(file: string): Promise<number> {
  if (file === '-') return 0;
  try {
    const { size } = await stat(file);
    return size;
  } catch (cause) {
    throw unreadableFile(file, cause as Error);
  }
}

async function* counted(
  input: AsyncIterable<Uint8Array>,
  onBytes: (bytes: number) => void,
): AsyncGenerator<Uint8Array> {
  let bytes = 0;
  for await (const chunk of input) {
    bytes += chunk.length;
    onBytes(bytes);
    yield chunk;
  }
}
