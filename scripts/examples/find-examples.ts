import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** A folder of examples/. */
export interface Example {
  readonly name: string;
  readonly folder: string;
  /** What its package.json says. */
  readonly manifest: { readonly name: string; readonly scripts?: Readonly<Record<string, string>> };
}

const examples = fileURLToPath(new URL('../../examples/', import.meta.url));

/** Every folder of examples/, by name. */
export function findExamples(): Example[] {
  const folders = readdirSync(examples, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return folders.map(({ name }) => {
    const folder = `${examples}${name}`;
    return { name, folder, manifest: JSON.parse(readFileSync(`${folder}/package.json`, 'utf8')) };
  });
}
