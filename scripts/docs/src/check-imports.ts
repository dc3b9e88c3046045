import { isBuiltin } from 'node:module';
import ts from 'typescript';
import type { Document } from './document.ts';
import { type Finding, finding } from './finding.ts';
import { shellCommands } from './shell-commands.ts';

/**
 * Packages that the programs of a document import though it does not say to install them: neither a command does nor,
 * by their name, the text. Documents that install nothing speak to readers who have.
 */
export function checkImports({ blocks }: Document, text: string): Finding[] {
  const commands = blocks.filter(({ language }) => language === 'sh').flatMap(({ code }) => shellCommands(code));
  const installed = new Set(
    commands.flatMap(({ words: [program, command, ...rest] }) =>
      program === 'npm' && command === 'install' ? rest.map((word) => word.replace(/(?<=.)@.*$/, '')) : [],
    ),
  );
  if (installed.size === 0) return [];
  return blocks
    .filter(({ language }) => language === 'ts' || language === 'js')
    .flatMap((block) =>
      ts
        .preProcessFile(block.code)
        .importedFiles.map(({ fileName }) => packageOf(fileName))
        .filter((name) => !isBuiltin(name) && !installed.has(name) && !text.includes(`\`${name}\``))
        .map((name) => finding(block, `it imports ${name}, which the document does not say to install`)),
    );
}

function packageOf(specifier: string): string {
  return /^(?:@[^/]+\/)?[^/]+/.exec(specifier)?.[0] ?? specifier;
}
