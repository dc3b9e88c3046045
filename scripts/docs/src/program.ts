import ts from 'typescript';
import type { Block } from './document.ts';

/** A program made of blocks. */
export interface Program {
  /** The last of its blocks. */
  readonly block: Block;
  readonly code: string;
  /** How many lines of the code come before the block's own. */
  readonly linesBefore: number;
}

/**
 * The program of each block of TypeScript or JavaScript: all of the program before it, where it continues that, then what
 * its comment gives, then the block.
 *
 * @param blocks those of one document, in order
 * @throws Error where the first one continues
 */
export function programsOf(blocks: readonly Block[]): Program[] {
  const programs: Program[] = [];
  for (const block of blocks.filter(isProgram)) {
    const { continues, given, skip } = block.directive;
    if (skip !== undefined) continue;
    const previous = continues ? programs.at(-1) : undefined;
    if (continues && previous === undefined)
      throw new Error(`${block.file}:${block.line}: there is nothing to continue`);
    const before = [previous?.code, given].filter((part) => part !== undefined);
    const linesBefore = before.join('\n').split('\n').length * Math.min(before.length, 1);
    programs.push({ block, code: [...before, block.code].join('\n'), linesBefore });
  }
  return programs;
}

export function isProgram({ language }: Block): boolean {
  return language === 'ts' || language === 'js';
}

/** Whether the program is run, not only compiled. */
export function isRun({ block: { directive } }: Program): boolean {
  return directive.run === true || directive.prints === true;
}

/** The packages that code imports, those of Node left out. */
export function importedPackages(code: string): string[] {
  const specifiers = ts.preProcessFile(code).importedFiles.map(({ fileName }) => fileName);
  const others = specifiers.filter((specifier) => !specifier.startsWith('node:'));
  return [...new Set(others.map((specifier) => /^(?:@[^/]+\/)?[^/]+/.exec(specifier)?.[0] ?? specifier))];
}

/** The packages that a document tells to install with `npm install`. */
export function installedPackages(text: string): string[] {
  const lines = text.replaceAll('\\\n', '').matchAll(/^ *npm install (.+)$/gm);
  const words = [...lines].flatMap(([, line = '']) => line.replace(/ #.*/, '').split(/\s+/));
  return words.filter((word) => !/^-|^$/.test(word)).map((word) => word.replace(/(?<=.)@.*$/, ''));
}

/** What the comments at a program's `console.log` say that it prints: at its end, or on the lines below it. */
export function promisedByComments(code: string): string[] {
  const promised: string[] = [];
  let isPrinting = false;
  for (const line of code.split('\n')) {
    const whole = /^\s*\/\/ (.*)$/.exec(line)?.[1];
    if (whole === undefined) isPrinting = /\bconsole\.log\(/.test(line);
    const said = whole ?? /;\s*\/\/ (.*)$/.exec(line)?.[1];
    if (isPrinting && said !== undefined) promised.push(said);
  }
  return promised;
}

/**
 * Whether a text shows what a program printed, from the first line to the last. A line that is only `…`, drawn as a
 * branch of a tree or not, stands for any number of lines.
 */
export function showsOutput(shown: string, printed: string): boolean {
  const pattern = masked(shown)
    .split('\n')
    .map((line) => (/^[│├└ ]*…$/.test(line) ? '(?:.*\\n)*?.*' : line.split('…').map(escaped).join('.*')))
    .join('\\n');
  return new RegExp(`^${pattern}$`).test(masked(printed));
}

/**
 * The first promised line that is not printed after the ones before it; undefined where all are. Of what differs from
 * run to run nothing is compared: numbers, how much white space there is, and where `…` is.
 */
export function missingOutput(promised: readonly string[], printed: string): string | undefined {
  let rest = masked(printed);
  for (const line of promised) {
    const found = new RegExp(masked(line).split('…').map(escaped).join('[^]*?')).exec(rest);
    if (found === null) return line;
    rest = rest.slice(found.index + found[0].length);
  }
  return undefined;
}

function masked(text: string): string {
  return (
    text
      .replaceAll(/\b[0-9a-f]{16,32}\b/g, '#')
      // A share of compute time: small ones are not printed, and which operators are marked depends on the run.
      .replaceAll(/(?:► )?\b\d+ %(?= )/g, '')
      .replaceAll(/\d[\d,]*(?:\.\d+)?/g, '#')
      .replaceAll(/[^\S\n]+/g, ' ')
      .replaceAll(/ +$/gm, '')
      .trim()
  );
}

function escaped(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
}
