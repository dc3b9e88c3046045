/**
 * How long a report of Trino of 0.85 MB holds the event loop of a program: the longest turn from the last row of a query
 * to its drawn spans, of the first query of a process and of later ones. The request, its parsing and the drawing are all
 * in it; the server is in another process.
 *
 * A turn is longer if another program has the processor meanwhile; on Linux, the time without that is given too.
 *
 *     pnpm turbo run build --filter=@planscope/engine... --filter=@planscope/trino... --filter=@planscope/testing...
 *     node --import tsx bench/trino-stalls.ts [processes, 20] [queries of each, 30] [client or engine, client]
 */
import { execFile } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { kept, queryInfo } from './trino/made-report.ts';

const [processes = 20, queries = 30] = process.argv.slice(2, 4).map(Number);
const [, , , , way = 'client'] = process.argv;
const report = JSON.stringify(queryInfo(6, (id) => kept(id, 19), 19));
const page = { id: '20261128_120648_00002_q6q7j', columns: [{ name: 'n', type: 'integer' }], data: [[1]] };
const server = createServer((request, response) => {
  const text = request.url?.startsWith('/v1/query') === true ? report : JSON.stringify(page);
  request.resume().on('end', () => response.end(text));
});
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
const program = fileURLToPath(new URL('./trino/report-client.ts', import.meta.url));

/** A run of one query, in milliseconds. */
interface Round {
  readonly longest: number;
  /** The longest turn without the time in which another program had the processor. */
  readonly own: number;
  readonly took: number;
  readonly spans: number;
}

const rounds: Round[][] = [];
for (let index = 0; index < processes; index += 1) {
  const flags = ['--import', import.meta.resolve('tsx'), program, origin, String(queries), way];
  const { stdout } = await promisify(execFile)(process.execPath, flags);
  rounds.push(
    stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line)),
  );
}
server.close();

const KINDS: Readonly<Record<string, readonly Round[]>> = {
  'the first of a process': rounds.flatMap((all) => all.slice(0, 1)),
  'the second to the fifth': rounds.flatMap((all) => all.slice(1, 5)),
  'those after the tenth': rounds.flatMap((all) => all.slice(10)),
};
console.log(
  `${way}: a report of ${(report.length / 1e6).toFixed(2)} MB, ${processes} processes, Node.js ${process.version}\n`,
);
console.log('| Query | longest turn, median | 95 % | most | own time, median | most | until drawn, median | spans |');
console.log('| --- | --- | --- | --- | --- | --- | --- | --- |');
for (const [kind, found] of Object.entries(KINDS)) {
  const [turns, own] = [found.map(({ longest }) => longest), found.map((round) => round.own)];
  const cells = [
    ...[0.5, 0.95, 1].map((share) => quantile(turns, share)),
    ...[0.5, 1].map((share) => quantile(own, share)),
    quantile(
      found.map(({ took }) => took),
      0.5,
    ),
  ].map((value) => `${value.toFixed(1)} ms`);
  console.log(`| ${kind} | ${cells.join(' | ')} | ${found[0]?.spans ?? 0} |`);
}

function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
