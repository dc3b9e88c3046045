import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** What the second release of a rehearsal changes: the message of a refused setting. */
export const mended = {
  before: '; allowed: ',
  after: '; right would be: ',
  told: 'The message of a refused setting says what would be right.',
};

/**
 * Mends a message in a copy of the repository, with a changeset, as a contributor would.
 *
 * @throws Error where the message is not there any more
 */
export function mendMessage(folder: string): void {
  const path = join(folder, 'packages/config/src/layers/layer.ts');
  const parts = readFileSync(path, 'utf8').split(mended.before);
  if (parts.length !== 2) {
    throw new Error(`${path} no longer says "${mended.before}" once: choose another fix to rehearse`);
  }
  writeFileSync(path, parts.join(mended.after));
  const changeset = `---\n"@planscope/config": patch\n---\n\n${mended.told}\n`;
  writeFileSync(join(folder, '.changeset/rehearsed-fix.md'), changeset);
}
