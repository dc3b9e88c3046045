import { readFileSync } from 'node:fs';

/**
 * What the README of a package tells to install.
 *
 * @throws Error for a README without a line of that kind, or one that names other packages only
 */
export function installLine(name: string): readonly string[] {
  const readme = readFileSync(new URL(`../../packages/${name}/README.md`, import.meta.url), 'utf8');
  const [, line = ''] = /^npm install (?:--save-dev )?(.*)$/m.exec(readme) ?? [];
  const packages = line.split(' ').filter((word) => word !== '');
  if (!packages.includes(`@planscope/${name}`)) {
    throw new Error(`packages/${name}/README.md has no line "npm install @planscope/${name} …"`);
  }
  return packages;
}
