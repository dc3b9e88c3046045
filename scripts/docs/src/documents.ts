import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Document, readDocument } from './document.ts';

/** The root of the repository. */
export const repository: string = fileURLToPath(new URL('../../../', import.meta.url));

const patterns = [
  /^(README|ARCHITECTURE|CONTRIBUTING|SECURITY)\.md$/,
  /^docs\/.*\.md$/,
  /^(packages|apps|examples)\/[^/]+\/README\.md$/,
];

/** The documents that readers are led to, also those that are not committed yet. */
export function readDocuments(): Document[] {
  const args = ['ls-files', '--cached', '--others', '--exclude-standard', '*.md'];
  return execFileSync('git', args, { cwd: repository, encoding: 'utf8' })
    .split('\n')
    .filter((file) => patterns.some((pattern) => pattern.test(file)) && existsSync(join(repository, file)))
    .map((file) => readDocument(file, join(repository, file)));
}
