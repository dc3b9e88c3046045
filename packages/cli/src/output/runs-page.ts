import { writeFile } from 'node:fs/promises';
import { findings } from '@planscope/findings';
import type { Run } from '@planscope/run-model';
import { renderPage } from '@planscope/viewer';
import { CommandError } from '../command-error.ts';

/** A page with runs and their findings. */
export function runsPage(runs: readonly Run[]): string {
  return renderPage(runs.map((run) => ({ run, findings: findings(run) })));
}

/**
 * Writes the page to a file.
 *
 * @throws CommandError if the file cannot be written
 */
export async function writePage(file: string, runs: readonly Run[]): Promise<void> {
  try {
    await writeFile(file, runsPage(runs));
  } catch (cause) {
    throw new CommandError(`cannot write ${file}: ${(cause as Error).message}`, { cause });
  }
}
