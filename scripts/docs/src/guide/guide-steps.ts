import type { Nodes } from 'mdast';
import { fromMarkdown } from 'mdast-util-from-markdown';
import { toString as plainText } from 'mdast-util-to-string';
import { readDirective } from '../directive.ts';

/** What a guide has its reader do. */
export type GuideStep =
  | { readonly kind: 'save'; readonly name: string; readonly text: string; readonly line: number }
  | {
      readonly kind: 'type';
      readonly commands: string;
      readonly line: number;
      /** What then is on the screen, where the guide shows it. */
      readonly shows?: string;
    };

const COMMANDS = 'sh';
const SCREEN = 'text';

/**
 * The steps of a guide, in order: a block of `sh` is typed, `text` behind it is what then is on the screen, and any
 * other block is saved under the name that the paragraph before it tells: "Save this as `name`:".
 *
 * @throws for a block that the reader would not know what to do with
 */
export function guideSteps(markdown: string): GuideStep[] {
  const steps: GuideStep[] = [];
  let paragraph = '';
  let isSkipped = false;
  for (const node of fromMarkdown(markdown).children) {
    if (node.type === 'html') isSkipped = readDirective(node.value, 'the guide')?.skip !== undefined;
    if (node.type === 'paragraph') paragraph = nameToSave(node) ?? '';
    if (node.type !== 'code') continue;
    const line = (node.position?.start.line ?? 0) + 1;
    if (isSkipped) {
      isSkipped = false;
    } else if (node.lang === COMMANDS) {
      steps.push({ kind: 'type', commands: node.value, line });
    } else if (node.lang === SCREEN) {
      const typed = steps.pop();
      if (typed?.kind !== 'type') throw new Error(`line ${line}: nothing was typed that this could be the output of`);
      steps.push({ ...typed, shows: node.value });
    } else {
      if (paragraph === '') throw new Error(`line ${line}: the guide does not say what to save this as`);
      steps.push({ kind: 'save', name: paragraph, text: `${node.value}\n`, line });
      paragraph = '';
    }
  }
  return steps;
}

function nameToSave(paragraph: Nodes): string | undefined {
  return /Save this as (\S+):$/.exec(plainText(paragraph))?.[1];
}
