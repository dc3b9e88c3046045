import { createWriteStream } from 'node:fs';
import { mkdir, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { findings } from '@planscope/findings';
import type { Run } from '@planscope/run-model';
import { type PageOptions, pageParts } from '@planscope/viewer';
import { unwritableFile } from '../input/file-error.ts';

/** A page with runs and their findings, in parts. */
export function runsPage(runs: readonly Run[], options: PageOptions = {}): Generator<string> {
  return pageParts(
    runs.map((run) => ({ run, findings: findings(run) })),
    options,
  );
}

/**
 * Writes the page to a file, which has either its earlier content or all of the page. Creates folders that are missing.
 *
 * @param signal ends the writing
 * @throws CommandError if the file cannot be written
 */
export async function writePage(file: string, runs: readonly Run[], signal: AbortSignal): Promise<void> {
  try {
    await mkdir(dirname(file), { recursive: true });
    // A pipe or a device cannot be replaced.
    if (await isReplaceable(file)) await replaceFile(file, runsPage(runs), signal);
    else await pipeline(Readable.from(runsPage(runs)), createWriteStream(file), { signal });
  } catch (cause) {
    if (signal.aborted) throw cause;
    throw unwritableFile(file, cause as Error);
  }
}

async function replaceFile(file: string, parts: Iterable<string>, signal: AbortSignal): Promise<void> {
  const unfinished = `${file}.${process.pid}.part`;
  try {
    await pipeline(Readable.from(parts), createWriteStream(unfinished, { flags: 'wx' }), { signal });
    await rename(unfinished, file);
  } catch (error) {
    await rm(unfinished, { force: true });
    throw error;
  }
}

async function isReplaceable(file: string): Promise<boolean> {
  try {
    return (await stat(file)).isFile();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return true;
    throw error;
  }
}
