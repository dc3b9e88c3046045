import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The root of the repository. */
export const repository: string = fileURLToPath(new URL('../../../', import.meta.url));

/** What a comment before a block asks of the check; scripts/docs/README.md says what each word means. */
type Directive = { readonly [Flag in (typeof flags)[number]]?: true } & {
  readonly [Text in 'given' | 'skip']?: string;
};

const flags = ['continues', 'run', 'prints', 'output', 'config'] as const;

/**
 * Reads what a comment asks, which is the text after `check:`.
 *
 * @throws Error for a word that the check does not know
 */
function readDirective(text: string, place: string): Directive {
  const [, words = '', kind, rest = ''] = /^([\s\S]*?)(?:\b(given|skip):([\s\S]*))?$/.exec(text) ?? [];
  const asked = words.split(',').flatMap((word) => word.trim() || []);
  const unknown = asked.find((word) => !flags.some((flag) => flag === word));
  if (unknown !== undefined) {
    throw new Error(`${place}: "${unknown}" is nothing the check knows; use ${flags.join(', ')}, given: or skip:`);
  }
  if (kind === undefined ? asked.length === 0 : rest.trim() === '') {
    throw new Error(`${place}: the comment asks for nothing`);
  }
  return { ...Object.fromEntries(asked.map((word) => [word, true])), ...(kind && { [kind]: rest.trim() }) };
}

/** A fenced block of code. */
export interface Block {
  /** Path of the document from the root of the repository. */
  readonly file: string;
  /** Line of the first line of code, from 1. */
  readonly line: number;
  readonly language: string;
  readonly code: string;
  readonly directive: Directive;
  /** The line of text above the block and its comment. */
  readonly above: string;
}

const COMMENT = /<!--\s*check:/g;
const BLOCK = /(?:^<!--\s*check:((?:(?!-->)[\s\S])*)-->\s*\n)?^( *)(```+)(.*)\n([\s\S]*?)^ *\3 *$/gm;

/**
 * The fenced blocks of a text in Markdown.
 *
 * @throws Error for a comment that the check cannot read, or that no block follows
 */
export function readBlocks(file: string, text: string): Block[] {
  const lineAt = (index: number): number => text.slice(0, index).split('\n').length;
  let comments = 0;
  const blocks = [...text.matchAll(BLOCK)].map((match) => {
    const [whole, asked, indent = '', fence = '', language = '', code = ''] = match;
    const place = lineAt(match.index);
    comments += whole.slice(0, -code.length || undefined).match(COMMENT)?.length ?? 0;
    return {
      file,
      line: place + whole.slice(0, whole.indexOf(`${fence}${language}\n`, asked?.length ?? 0)).split('\n').length,
      language: language.trim(),
      code: code.replaceAll(new RegExp(`^${indent}`, 'gm'), '').replace(/\n$/, ''),
      directive: asked === undefined ? {} : readDirective(asked, `${file}:${place}`),
      above: text.slice(0, match.index).trimEnd().split('\n').at(-1) ?? '',
    };
  });
  if ((text.match(COMMENT)?.length ?? 0) > comments) {
    throw new Error(`${file}: a comment "check:" is not directly before a block of code`);
  }
  return blocks;
}

const documents =
  /^((README|ARCHITECTURE|CONTRIBUTING|SECURITY|docs\/.*|bench\/README|(packages|apps|examples)\/[^/]+\/README)\.md)$/;

/** The paths of the documents that readers are led to, from the root; also of those that are not committed yet. */
export function documentPaths(): string[] {
  const args = ['ls-files', '--cached', '--others', '--exclude-standard', '*.md'];
  const files = execFileSync('git', args, { cwd: repository, encoding: 'utf8' }).split('\n');
  return files.filter((file) => documents.test(file) && existsSync(join(repository, file)));
}

export function readDocument(file: string): string {
  return readFileSync(join(repository, file), 'utf8');
}
