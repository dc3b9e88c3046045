import type { Block } from './document.ts';
import { showsOutput } from './program.ts';

/** What a guide shows on the screen after some of its commands. */
export interface Screen {
  readonly line: number;
  readonly text: string;
}

const MARK = '#### line ';

/**
 * A guide as one script of the shell: a block of `sh` is typed, and any other block saved under the name in the line above
 * it, "Save this as `name`:". `text` after an `sh` is what is on the screen then.
 *
 * @param extra commands to type after the first ones of the guide
 * @throws Error for a block that the reader would not know what to do with
 */
export function guideSteps(
  blocks: readonly Block[],
  extra: readonly string[] = [],
): { readonly script: string; readonly screens: readonly Screen[] } {
  const screens: Screen[] = [];
  const steps = ['set -euo pipefail', 'exec 2>&1'];
  let typed: number | undefined;
  let isFirst = true;
  for (const { language, code, line, above, directive } of blocks) {
    if (directive.skip !== undefined) continue;
    if (language === 'text') {
      if (typed === undefined) throw new Error(`line ${line}: nothing was typed that this could be the output of`);
      screens.push({ line: typed, text: code });
      typed = undefined;
      continue;
    }
    typed = language === 'sh' ? line : undefined;
    if (typed !== undefined) {
      steps.push(`echo '${MARK}${line}'`, code, ...(isFirst ? extra : []));
      isFirst = false;
      continue;
    }
    const [, name] = /Save this as `(\S+)`:$/.exec(above) ?? [];
    if (name === undefined) throw new Error(`line ${line}: the guide does not say what to save this as`);
    steps.push(`cat > '${name}' <<'END OF THE FILE'`, code, 'END OF THE FILE');
  }
  return { script: steps.join('\n'), screens };
}

/** The first screen that the script did not show; undefined where it showed all. */
export function screenProblem(screens: readonly Screen[], printed: string): string | undefined {
  for (const { line, text } of screens) {
    const [, after = ''] = printed.split(`${MARK}${line}\n`);
    const [screen = ''] = after.split(MARK);
    if (!showsOutput(text, screen)) return `line ${line}: the guide shows\n\n${text}\n\nand the screen\n\n${screen}`;
  }
  return undefined;
}
