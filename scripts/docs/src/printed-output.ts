/** What the comments at a program's `console.log` say that it prints: at its end, or on the lines below it. */
export function promisedByComments(code: string): string[] {
  const promised: string[] = [];
  let printing = false;
  for (const line of code.split('\n')) {
    const whole = /^\s*\/\/ (.*)$/.exec(line)?.[1];
    if (whole !== undefined) {
      if (printing) promised.push(whole);
      continue;
    }
    printing = /\bconsole\.log\(/.test(line);
    const after = printing ? /;\s*\/\/ (.*)$/.exec(line)?.[1] : undefined;
    if (after !== undefined) promised.push(after);
  }
  return promised;
}

/**
 * The first promised line that is not printed after the ones before it; undefined where all are. Of what differs from
 * run to run nothing is compared: numbers, how much white space there is, and where `…` is.
 */
export function missingOutput(promised: readonly string[], printed: string): string | undefined {
  let from = 0;
  const text = masked(printed);
  for (const line of promised) {
    const pattern = masked(line).split('…').map(escaped).join('[^]*?');
    const found = new RegExp(pattern).exec(text.slice(from));
    if (found === null) return line;
    from += found.index + found[0].length;
  }
  return undefined;
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
