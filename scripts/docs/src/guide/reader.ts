import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { showsOutput } from '../printed-output.ts';
import type { GuideStep } from './guide-steps.ts';

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
