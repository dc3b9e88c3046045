import { once } from 'node:events';
import { basename, extname, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { printableLine } from '@planscope/internal/printable-text';
import { count } from '@planscope/internal/quantity';
import type { Run } from '@planscope/run-model';
import { Command, Option } from 'commander';
import { CommandError } from '../command-error.ts';
import { runsOf } from '../input/runs-of.ts';
import { print, printParts, type Terminal } from '../output/terminal.ts';
import { RunSelection } from '../runs/run-selection.ts';
import type { CommandFactory } from './command-factory.ts';
import { portNumber, positiveInteger } from './numbers.ts';

const EXAMPLES = `
Examples:
  $ planscope view traces.jsonl --open
  $ planscope view traces.jsonl --slowest --limit 20 --output slow.html
  $ planscope view traces.jsonl --serve
  $ planscope view profile.json
  $ cat traces/*.jsonl | planscope view - --output - > page.html

The page is one file that needs no network. It shows the last 100 runs unless an option says otherwise, and fewer if they have more than 40,000 spans together.`;

interface ViewFlags {
  readonly output?: string;
  readonly limit: number;
  readonly slowest?: true;
  readonly run?: string;
  readonly open?: true;
  readonly serve?: true;
  readonly port: number;
}

/** Writes one page with the runs of a file. */
export const viewCommand: CommandFactory = (terminal) =>
  new Command('view')
    .summary('write a page with the runs of a file')
    .description('Write one HTML page with the runs of traces, profiles or results, or serve it on this machine.')
    .argument('<files...>', 'traces, profiles or results, or - for standard input')
    .option(
      '-o, --output <file>',
      'where to write the page, or - for standard output; missing folders are created; default: named after the first file, in this folder',
    )
    .option('--limit <n>', 'most runs on the page', positiveInteger, 100)
    .option('--slowest', 'the slowest runs instead of the last ones')
    .option('--run <id>', 'only the run whose id or trace id starts with this')
    .addOption(new Option('--serve', 'serve the page on this machine instead of writing it').conflicts('output'))
    .option('--port <n>', 'port of --serve; 0 picks a free one', portNumber, 0)
    .option('--open', 'open the page in a browser')
    .addHelpText('after', EXAMPLES)
    .action(async (files: string[], { output, limit, slowest, run: id, open: opens, serve, port }: ViewFlags) => {
      const selection = new RunSelection({ limit, slowest: slowest === true, id });
      for (const file of files) for await (const run of runsOf(file, terminal)) selection.add(run);
      const { runs, seen, left } = selection;
      if (runs.length === 0) throw new CommandError(id === undefined ? 'there are no runs' : `there is no run "${id}"`);
      const { runsPage, writePage } = await import('../output/runs-page.ts');
      const kept = left === 0 ? '' : ` of ${count(seen)}`;
      terminal.stderr.write(`${count(runs.length)}${kept} ${seen === 1 ? 'run' : 'runs'}\n`);
      if (serve) return servePage(runs, { port, opens: opens === true }, terminal);
      if (output === '-') return printParts(terminal, runsPage(runs));
      const path = resolve(output ?? pageName(files[0]));
      await writePage(path, runs, terminal.signal);
      await print(terminal, path);
      if (opens) await (await import('open')).default(pathToFileURL(path).href);
    });

/** Serves the page until the person interrupts. */
async function servePage(
  runs: readonly Run[],
  { port, opens }: { readonly port: number; readonly opens: boolean },
  terminal: Terminal,
): Promise<void> {
  const { stderr, signal, colors } = terminal;
  const { runsPage } = await import('../output/runs-page.ts');
  const { startLoopbackServer } = await import('../serve/loopback-server.ts');
  const server = await startLoopbackServer({
    port,
    reply: async ({ method, url }) =>
      method === 'GET' && url === '/'
        ? { status: 200, type: 'text/html; charset=utf-8', text: runsPage(runs) }
        : { status: 404, text: 'there is only /' },
    onProblem: (problem) => void stderr.write(`${colors.yellow('problem')}: ${printableLine(problem)}\n`),
  });
  await print(terminal, `${server.url} shows the runs. Ctrl-C stops it.`);
  if (opens) await (await import('open')).default(server.url);
  if (!signal.aborted) await once(signal, 'abort');
  await server.close();
}

/** `traces.html` for `folder/traces.jsonl`, in the working directory. */
function pageName(file = '-'): string {
  return file === '-' ? 'planscope.html' : `${basename(file, extname(file))}.html`;
}
