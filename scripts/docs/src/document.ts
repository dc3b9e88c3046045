import { readFileSync } from 'node:fs';
import GithubSlugger from 'github-slugger';
import type { Nodes, Root } from 'mdast';
import { fromMarkdown } from 'mdast-util-from-markdown';
import { toString as plainText } from 'mdast-util-to-string';
import { type Directive, readDirective } from './directive.ts';

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
export function readDocument(file: string, path: string): Document {
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
