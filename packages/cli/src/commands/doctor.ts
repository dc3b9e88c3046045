import { Command } from 'commander';
import { EXIT } from '../command-error.ts';
import { wrapLine } from '../output/fit-text.ts';
import { print, printJson } from '../output/terminal.ts';
import type { CommandFactory } from './command-factory.ts';
import { positiveInteger } from './numbers.ts';

const EXAMPLES = `
Examples:
  $ planscope doctor
  $ PLANSCOPE_EXPORTERS=otlp planscope doctor --json`;

interface DoctorFlags {
  readonly config?: string;
  readonly timeout: number;
  readonly json?: true;
}

/** Says whether spans would arrive with the configuration of the environment. */
export const doctorCommand: CommandFactory = (terminal, exit) =>
  new Command('doctor')
    .summary('tell whether spans arrive, and why not')
    .description(
      'Check the configuration of tracing in the environment, and send a test span to each destination. Exits with 1 if spans do not arrive.',
    )
    .option('-c, --config <file>', 'also read a configuration file')
    .option('--timeout <milliseconds>', 'longest wait for a receiver', positiveInteger, 5000)
    .option('--json', 'print the report as JSON')
    .addHelpText('after', EXAMPLES)
    .action(async ({ config: file, timeout, json }: DoctorFlags) => {
      const { checkTracing } = await import('../doctor/check-tracing.ts');
      const { environment } = terminal;
      const { isHealthy, report, text } = await checkTracing({ file, environment, timeoutMillis: timeout });
      if (json) await printJson(terminal, report);
      else await print(terminal, wrapReport(text, terminal.columns));
      exit(isHealthy ? EXIT.ok : EXIT.failed);
    });

/** The verdict has a column of its own. */
const VERDICT_COLUMNS = 8;

function wrapReport(text: string, columns: number | undefined): string {
  const lines = text.split('\n');
  return lines
    .map((line, index) => wrapLine(line, columns, index === lines.length - 1 ? 0 : VERDICT_COLUMNS))
    .join('\n');
}
