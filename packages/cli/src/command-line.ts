import tab from '@bomb.sh/tab/commander';
import { printableText } from '@planscope/internal/printable-text';
import { Command, CommanderError, Help } from 'commander';
import packageJson from '../package.json' with { type: 'json' };
import { CommandError, EXIT } from './command-error.ts';
import type { CommandFactory } from './commands/command-factory.ts';
import { compareCommand } from './commands/compare.ts';
import { doctorCommand } from './commands/doctor.ts';
import { findingsCommand } from './commands/findings.ts';
import { queryCommand } from './commands/query.ts';
import { serveCommand } from './commands/serve.ts';
import { topCommand } from './commands/top.ts';
import { treeCommand } from './commands/tree.ts';
import { viewCommand } from './commands/view.ts';
import { wrapLine, wrapLines } from './output/fit-text.ts';
import type { Terminal } from './output/terminal.ts';

const EXAMPLES = `
Examples:
  $ planscope query "SELECT count(*) FROM 'orders.parquet'"
  $ planscope query report.sql --database shop.duckdb --html report.html

Exit codes:
  0  success
  1  a query failed, or a check found something
  2  wrong usage or input`;

/**
 * Runs one command.
 *
 * @param args without the name of the program
 * @returns the exit code
 */
export async function runCommandLine(args: readonly string[], terminal: Terminal): Promise<number> {
  let exitCode: number = EXIT.ok;
  const program = createProgram(terminal, (code) => {
    exitCode = code;
  });
  try {
    await program.parseAsync(withKnownCommand(program, args), { from: 'user' });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
    if (terminal.signal.aborted) return EXIT.interrupted;
    if (!(error instanceof CommandError)) throw error;
    terminal.stderr.write(`${errorText(error, terminal)}\n`);
    return error.exitCode;
  }
}

/**
 * The arguments, or only the name of the command if it is unknown. Asked for the help of an unknown command, commander
 * prints that of all commands, which hides what is wrong.
 */
function withKnownCommand({ commands }: Command, args: readonly string[]): readonly string[] {
  const [first, second] = args;
  const name = first === HELP ? second : first;
  if (name === undefined || name.startsWith('-')) return args;
  if (name === HELP) return [HELP];
  return commands.some((command) => command.name() === name) ? args : [name];
}

function errorText({ message }: CommandError, { colors, messageColumns }: Terminal): string {
  const mark = 'error';
  const lines = `${mark}: ${printableText(message)}`.split('\n').map((line) => wrapLine(line, messageColumns, 2));
  return lines.join('\n').replace(mark, colors.red(mark));
}

/** Width of the help where there is no terminal. */
const COLUMNS = 100;

/** In fewer columns, the descriptions of options and commands are below them and not beside. */
const COLUMNS_FOR_TWO = 60;

const HELP = 'help';

const COMMANDS: readonly CommandFactory[] = [
  queryCommand,
  viewCommand,
  findingsCommand,
  treeCommand,
  topCommand,
  compareCommand,
  serveCommand,
  doctorCommand,
];

function createProgram(terminal: Terminal, exit: (code: number) => void): Command {
  const program = new Command('planscope')
    .description('See inside analytical queries: run SQL with its trace, and read traces.')
    .version(packageJson.version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print help')
    .helpCommand(`${HELP} [command]`, 'print help for a command')
    .addHelpText('after', EXAMPLES)
    .showHelpAfterError('(--help shows the options)')
    .configureHelp({
      minWidthToWrap: 20,
      formatItem(term, termWidth, description, helper) {
        const isWide = (helper.helpWidth ?? COLUMNS_FOR_TWO) >= COLUMNS_FOR_TWO;
        if (isWide) return Help.prototype.formatItem.call(this, term, termWidth, description, helper);
        return description === '' ? `  ${term}` : `  ${term}\n      ${description}`;
      },
    })
    .configureOutput({
      writeOut: (text) => void terminal.stdout.write(wrapLines(text, terminal.columns ?? COLUMNS)),
      writeErr: (text) => void terminal.stderr.write(wrapLines(text, terminal.messageColumns)),
      getOutHelpWidth: () => terminal.columns ?? COLUMNS,
      getErrHelpWidth: () => terminal.messageColumns ?? COLUMNS,
    })
    .exitOverride();
  for (const create of COMMANDS) {
    const command = create(terminal, exit).copyInheritedSettings(program);
    program.addCommand(command);
  }
  tab(program, { completionCommandName: 'completion' });
  const completion = program.commands.find((command) => command.name() === 'completion');
  completion?.summary('print a completion script for bash, zsh, fish or powershell');
  completion?.description('Print a completion script for bash, zsh, fish or powershell.');
  return program;
}
