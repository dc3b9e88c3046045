import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import GithubSlugger from 'github-slugger';
import type { Nodes, Root } from 'mdast';
import { fromMarkdown } from 'mdast-util-from-markdown';
import { toString as plainText } from 'mdast-util-to-string';

/** A fault in a document. */
export interface Finding {
  /** `file:line`. */
  readonly place: string;
  readonly message: string;
}

/** One fault, at a line of a document. */
export function finding({ file, line }: { readonly file: string; readonly line: number }, message: string): Finding {
  return { place: `${file}:${line}`, message };
}

/** What a comment before a block asks of the check: `<!-- check: continues, run -->`. */
export interface Directive {
  /** The code goes on from the block of the same kind before it. */
  readonly continues?: true;
  /** The code is run, and has to end by itself without an error. */
  readonly run?: true;
  /** It is run, and prints what the comments at its `console.log` say, in this order. */
  readonly prints?: true;
  /** The text is what the block before it prints. */
  readonly output?: true;
  /** The JSON or YAML is a tracing configuration. */
  readonly config?: true;
  /** Code that the reader has already: what follows `given:`, up to the end of the comment. */
  readonly given?: string;
  /** Why it cannot be checked: what follows `skip:`. */
  readonly skip?: string;
}

const flags = ['continues', 'run', 'prints', 'output', 'config'] as const;
const COMMENT = /^<!--\s*check:([\s\S]*?)-->\s*$/;

/**
 * Reads a comment for the check; undefined for any other.
 *
 * @param place where it is, for the message
 * @throws where it asks for something unknown
 */
export function readDirective(html: string, place: string): Directive | undefined {
  const [, body] = COMMENT.exec(html) ?? [];
  if (body === undefined) return undefined;
  const [, words = '', kind, rest] = /^([\s\S]*?)(?:\b(given|skip):([\s\S]*))?$/.exec(body) ?? [];
  const directive: Record<string, unknown> = {};
  for (const word of words.split(',').map((part) => part.trim())) {
    if (word === '') continue;
    if (!flags.some((flag) => flag === word)) {
      throw new Error(`${place}: "${word}" is nothing the check knows; use ${flags.join(', ')}, given: or skip:`);
    }
    directive[word] = true;
  }
  if (kind !== undefined) {
    const text = rest?.trim() ?? '';
    if (text === '') throw new Error(`${place}: ${kind}: says nothing`);
    directive[kind] = text;
  }
  if (Object.keys(directive).length === 0) throw new Error(`${place}: the comment asks for nothing`);
  return directive as Directive;
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
}

/** A link to somewhere in the repository. */
interface Link {
  readonly file: string;
  readonly line: number;
  readonly target: string;
}

/** What a document holds that can be checked. */
export interface Document {
  readonly file: string;
  readonly blocks: readonly Block[];
  readonly links: readonly Link[];
  /** What follows the `#` in links to its headings. */
  readonly anchors: ReadonlySet<string>;
}

/** @throws where a comment for the check cannot be read, or is before nothing */
function readDocument(file: string, path: string): Document {
  return parseDocument(file, readFileSync(path, 'utf8'));
}

/**
 * The code, links and anchors of a text in Markdown.
 *
 * @throws where a comment for the check cannot be read, or is before nothing
 */
export function parseDocument(file: string, text: string): Document {
  const blocks: Block[] = [];
  const links: Link[] = [];
  const anchors = new Set<string>();
  const slugger = new GithubSlugger();
  let pending: { readonly directive: Directive; readonly line: number } | undefined;

  const visit = (node: Nodes): void => {
    const line = node.position?.start.line ?? 0;
    if (node.type === 'html') {
      const directive = readDirective(node.value, `${file}:${line}`);
      if (directive !== undefined) pending = { directive, line };
      for (const [, id] of node.value.matchAll(/\b(?:id|name)="([^"]+)"/g)) if (id !== undefined) anchors.add(id);
      return;
    }
    if (node.type === 'code' && isFenced(text, node)) {
      blocks.push({
        file,
        line: line + 1,
        language: node.lang ?? '',
        code: node.value,
        directive: pending?.directive ?? {},
      });
      pending = undefined;
      return;
    }
    if (pending !== undefined) throw new Error(`${file}:${pending.line}: no block of code follows this comment`);
    if (node.type === 'heading') anchors.add(slugger.slug(plainText(node)));
    if ((node.type === 'link' || node.type === 'image' || node.type === 'definition') && isLocal(node.url)) {
      links.push({ file, line, target: node.url });
    }
    if ('children' in node) for (const child of node.children) visit(child);
  };

  const tree: Root = fromMarkdown(text);
  visit(tree);
  if (pending !== undefined) throw new Error(`${file}: no block of code follows the last comment for the check`);
  return { file, blocks, links, anchors };
}

/** What is only indented is a quotation, not code. */
function isFenced(text: string, node: Nodes): boolean {
  return /^(```|~~~)/.test(text.slice(node.position?.start.offset));
}

function isLocal(url: string): boolean {
  return !/^[a-z][a-z+.-]*:/i.test(url);
}

/** The root of the repository. */
export const repository: string = fileURLToPath(new URL('../../../', import.meta.url));

const patterns = [
  /^(README|ARCHITECTURE|CONTRIBUTING|SECURITY)\.md$/,
  /^docs\/.*\.md$/,
  /^bench\/README\.md$/,
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
