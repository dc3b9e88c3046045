import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Nodes } from 'mdast';
import { fromMarkdown } from 'mdast-util-from-markdown';
import { toString as plainText } from 'mdast-util-to-string';
import { readDirective } from '../document.ts';
import { showsOutput } from '../run-programs.ts';

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

const LIMIT_MILLIS = 300_000;

/** Does what a guide says, to the letter, in a folder that is empty at the beginning. */
export class Reader {
  #folder: string;
  readonly #whereabouts: string;
  readonly #environment: NodeJS.ProcessEnv;

  /**
   * @param folder where the reader begins
   * @param whereabouts a file outside of it
   */
  constructor(folder: string, whereabouts: string, environment: NodeJS.ProcessEnv) {
    this.#folder = folder;
    this.#whereabouts = whereabouts;
    this.#environment = environment;
  }

  /**
   * Takes one step.
   *
   * @returns what is on the screen then
   * @throws where a command fails, or the screen shows something else than the guide
   */
  async take(step: GuideStep): Promise<string> {
    if (step.kind === 'save') {
      writeFileSync(join(this.#folder, step.name), step.text);
      return '';
    }
    const screen = await this.#type(step.commands);
    if (step.shows !== undefined && !showsOutput(step.shows, screen)) {
      throw new Error(`the guide shows\n\n${step.shows}\n\nand the screen\n\n${screen}`);
    }
    return screen;
  }

  async #type(commands: string): Promise<string> {
    // The next commands are typed where these have led.
    const script = `trap 'pwd > "$WHEREABOUTS"' EXIT\n${commands}`;
    const child = spawn('bash', ['-euo', 'pipefail', '-c', script], {
      cwd: this.#folder,
      env: { ...this.#environment, WHEREABOUTS: this.#whereabouts },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: LIMIT_MILLIS,
    });
    let screen = '';
    const show = (text: Buffer): void => {
      screen += text;
    };
    child.stdout.on('data', show);
    child.stderr.on('data', show);
    const status = await new Promise((resolve, reject) => {
      child.on('error', reject);
      child.on('close', (code, signal) => resolve(code ?? signal));
    });
    if (status !== 0) throw new Error(`${commands}\n\nends with ${status}:\n\n${screen}`);
    this.#folder = readFileSync(this.#whereabouts, 'utf8').trim();
    return screen;
  }
}
