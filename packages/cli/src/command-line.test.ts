import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

/** The packages that a module and those below it import at once, and not when they are needed. */
function packagesOf(file: string, seen = new Set<string>()): Set<string> {
  const found = new Set<string>();
  if (seen.has(file) || !file.endsWith('.ts')) return found;
  seen.add(file);
  const imports = readFileSync(file, 'utf8').matchAll(/^import (?!type )(?:[^;]*? from )?'([^']+)'/gm);
  for (const [, name = ''] of imports) {
    if (!name.startsWith('.')) found.add(name);
    else for (const below of packagesOf(join(dirname(file), name), seen)) found.add(below);
  }
  return found;
}

it('starts without what only some commands need, so that they start fast and have the memory for their input', () => {
  const packages = packagesOf(fileURLToPath(new URL('command-line.ts', import.meta.url)));
  expect(
    [...packages].filter((name) => name.startsWith('@') && !name.startsWith('@planscope/internal/')).sort(),
  ).toEqual(['@bomb.sh/tab/commander', '@planscope/run-model']);
});
