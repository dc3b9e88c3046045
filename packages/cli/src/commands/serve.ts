import { once } from 'node:events';
import { printableLine } from '@planscope/internal/printable-text';
import { Command } from 'commander';
import { print } from '../output/terminal.ts';
import type { CommandFactory } from './command-factory.ts';
import { portNumber, positiveInteger } from './numbers.ts';

const EXAMPLES = `
Examples:
  $ planscope serve
  $ OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:4318 node app.js
  $ planscope serve --port 0 --store runs.duckdb

Ctrl-C stops it. The runs stay in the file.`;

interface ServeFlags {
  readonly port: number;
  readonly store: string;
  readonly maxRuns: number;
  readonly limit: number;
  readonly open?: true;
}

/** Receives traces on this machine and shows them as a page. */
export const serveCommand: CommandFactory = (terminal) =>
  new Command('serve')
    .summary('receive traces on this machine and show them')
    .description(
      'Receive traces by OTLP over HTTP on this machine, keep their runs in a DuckDB file, and show them on a page, which new runs join.',
    )
    .option('--port <n>', 'port to listen on; 0 picks a free one', portNumber, 4318)
    .option('--store <file>', 'DuckDB file for the runs; missing folders are created', '.planscope/runs.duckdb')
    .option('--max-runs <n>', 'most runs in the file; the oldest go first', positiveInteger, 10_000)
    .option('--limit <n>', 'most runs on the page', positiveInteger, 100)
    .option('--open', 'open the page in a browser')
    .addHelpText('after', EXAMPLES)
    .action(async ({ port: wanted, store: file, maxRuns, limit, open: opens }: ServeFlags) => {
      const { stderr, signal, colors } = terminal;
      const { RunStore } = await import('../serve/run-store.ts');
      const { serveTraces } = await import('../serve/trace-server.ts');
      const store = await RunStore.open(file, maxRuns);
      const server = await serveTraces(store, {
        port: wanted,
        limit,
        onRuns: (names) =>
          void stderr.write(names.map((name) => `${colors.dim('run')} ${printableLine(name)}\n`).join('')),
        onProblem: (problem) => void stderr.write(`${colors.yellow('problem')}: ${printableLine(problem)}\n`),
      }).catch(async (error) => {
        await store.close();
        throw error;
      });
      await print(terminal, `${server.url} shows the runs, and receives traces at /v1/traces. Ctrl-C stops it.`);
      if (opens) await (await import('open')).default(server.url);
      if (!signal.aborted) await once(signal, 'abort');
      await server.close();
      await store.close();
    });
