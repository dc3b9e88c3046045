/** One command with the variables that are set for it. */
export interface ShellCommand {
  /** Line in the block, from 0. */
  readonly line: number;
  readonly variables: Readonly<Record<string, string>>;
  /** The program and its arguments, without quotation marks. */
  readonly words: readonly string[];
}

/** The commands of a plain script: one after another, joined by `&&`, `;` or pipes; comments and redirections left out. */
export function shellCommands(code: string): ShellCommand[] {
  const commands: ShellCommand[] = [];
  const lines = code.split('\n');
  for (let line = 0; line < lines.length; line += 1) {
    const start = line;
    let text = lines[line] ?? '';
    while (text.endsWith('\\') && line + 1 < lines.length) {
      line += 1;
      text = `${text.slice(0, -1)} ${lines[line]}`;
    }
    for (const words of splitCommands(text)) commands.push({ line: start, ...takeVariables(words) });
  }
  return commands;
}

function splitCommands(text: string): string[][] {
  const commands: string[][] = [[]];
  for (const [token] of text.matchAll(/&&|\|\||[;|&]|(?:"(?:\\.|[^"])*"|'[^']*'|\\.|[^\s"'\\;|&])+/g)) {
    if (token.startsWith('#')) break;
    if (/^(&&|\|\||[;|&])$/.test(token)) commands.push([]);
    else if (!/^\d*[<>]/.test(token)) commands.at(-1)?.push(token);
  }
  return commands.filter((words) => words.length > 0);
}

function takeVariables(words: readonly string[]): Pick<ShellCommand, 'variables' | 'words'> {
  const isExport = words[0] === 'export';
  const rest = isExport ? words.slice(1) : words;
  const count = rest.findIndex((word) => !/^[A-Za-z_]\w*=/.test(word));
  const assignments = count === -1 ? rest : rest.slice(0, count);
  const variables = Object.fromEntries(
    assignments.map((word) => {
      const [, name = '', value = ''] = /^(\w+)=([\s\S]*)$/.exec(word) ?? [];
      return [name, unquoted(value)];
    }),
  );
  return { variables, words: rest.slice(assignments.length).map(unquoted) };
}

function unquoted(word: string): string {
  return word.replaceAll(
    /"((?:\\.|[^"])*)"|'([^']*)'/g,
    (_, double?: string, single?: string) => double ?? single ?? '',
  );
}
