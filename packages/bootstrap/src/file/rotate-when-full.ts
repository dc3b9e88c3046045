import { renameSync, rmSync, statSync } from 'node:fs';
import type { TracingConfig } from '@planscope/config';

/**
 * Moves a file out of the way of what would make it larger than `maxBytes`: it becomes `.1`, what was `.1` becomes `.2`,
 * and the oldest of `maxFiles` goes.
 *
 * @param bytes size of what is to be appended
 * @throws when a file cannot be renamed or removed
 */
export function rotateWhenFull(
  file: string,
  bytes: number,
  { maxBytes, maxFiles }: Pick<TracingConfig['file'], 'maxBytes' | 'maxFiles'>,
): void {
  if (maxBytes === undefined) return;
  const size = sizeOf(file);
  if (size === 0 || size + bytes <= maxBytes) return;
  const names = [file, ...Array.from({ length: maxFiles - 1 }, (_, index) => `${file}.${index + 1}`)];
  rmSync(names.at(-1) ?? file, { force: true });
  for (const [index, name] of [...names.entries()].slice(0, -1).reverse()) {
    // There are as many older files as there have been rotations.
    if (sizeOf(name) > 0) renameSync(name, `${file}.${index + 1}`);
  }
}

function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}
