import { expect, test } from 'vitest';
import { checkImports } from './check-imports.ts';
import { parseDocument } from './document.ts';

const block = (language: string, code: string): string => `\`\`\`${language}\n${code}\n\`\`\`\n`;

function missing(text: string): string[] {
  return checkImports(parseDocument('a.md', text), text).map(({ place, message }) => `${place} ${message}`);
}

const program = [
  "import { a } from '@planscope/plan/testing';",
  "import 'node:fs';",
  "import type { B } from 'apache-arrow';",
  "import { test } from 'vitest';",
].join('\n');

test('what a program imports, the document says to install, by a command or by name', () => {
  const install = block('sh', 'npm install --save-dev @planscope/plan apache-arrow@21');
  expect(missing(`${install}\nWith \`vitest\`:\n\n${block('ts', program)}`)).toEqual([]);
  expect(missing(`${install}\n${block('ts', program)}`)).toEqual([
    'a.md:6 it imports vitest, which the document does not say to install',
  ]);
});

test('a document that installs nothing speaks to readers who have', () => {
  expect(missing(block('ts', program))).toEqual([]);
});
