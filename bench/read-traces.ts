/**
 * Reads a large file of traces, by the model and by commands of the built command line, and says how long it took and
 * how much memory: `node --conditions=@planscope/source --import tsx bench/read-traces.ts [megabytes, default 1024]
 * [--keep]`; fails above 200 MB. The file is the traces of TPC-H again and again, with other ids, in the folder for
 * temporary files.
 */
import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  closeSync,
  createReadStream,
  existsSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { gunzipSync } from 'node:zlib';
import { readRuns } from '@planscope/run-model';

const MEGABYTE = 1024 * 1024;
const MOST = 200;

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { keep: { type: 'boolean', default: false }, read: { type: 'string' } },
});

if (values.read === undefined) generateAndRead(Number(positionals[0] ?? 1024));
else await read(values.read);

/** Each reader has a process of its own, so that the memory is that of reading. */
function generateAndRead(megabytes: number): void {
  const folder = mkdtempSync(join(tmpdir(), 'planscope-traces-'));
  const file = join(folder, 'traces.jsonl');
  generate(file, megabytes);
  const self = [...process.execArgv, fileURLToPath(import.meta.url), '--read', file];
  const { status } = spawnSync(process.execPath, self, { stdio: 'inherit' });
  const commands = [
    ['view', file, '--output', join(folder, 'page.html')],
    ['top', file],
    ['findings', file],
  ];
  const isWithin = commands.map((args) => runCommand(args, statSync(file).size / MEGABYTE));
  if (!values.keep) rmSync(folder, { recursive: true });
  process.exitCode = isWithin.every(Boolean) ? (status ?? 1) : 1;
}

/** @returns whether it succeeded within the limit */
function runCommand(args: readonly string[], size: number): boolean {
  const program = fileURLToPath(new URL('../packages/cli/dist/main.js', import.meta.url));
  if (!existsSync(program)) throw new Error(`${program} is missing; build it with \`pnpm build\``);
  // The process itself says at its end what the operating system counted.
  const report = `process.on('exit', () => console.error('peak', process.resourceUsage().maxRSS))`;
  const start = performance.now();
  const { status, stderr } = spawnSync(
    process.execPath,
    [`--import=data:text/javascript,${report}`, program, ...args],
    {
      stdio: ['ignore', 'ignore', 'pipe'],
      encoding: 'utf8',
    },
  );
  const seconds = (performance.now() - start) / 1000;
  const peak = Number(/^peak (\d+)$/m.exec(stderr)?.[1]) / 1024;
  console.log(
    `planscope ${args[0]}: ${seconds.toFixed(1)} s, ${(size / seconds).toFixed(0)} MB/s, peak memory ${peak.toFixed(0)} MB`,
  );
  if (status !== 0) console.error(stderr);
  else if (!(peak <= MOST)) console.error(`more than ${MOST} MB`);
  return status === 0 && peak <= MOST;
}

function generate(file: string, megabytes: number): void {
  const fixture = new URL('../packages/run-model/test/fixtures/tpch.jsonl.gz', import.meta.url);
  const text = gunzipSync(readFileSync(fixture)).toString();
  const traces = [...new Set(text.match(/(?<="traceId":")[\da-f]{32}/g))];
  const pieces = text.split(new RegExp(`(${traces.join('|')})`));
  const target = openSync(file, 'w');
  for (let bytes = 0; bytes < megabytes * MEGABYTE; ) {
    const ids = new Map(traces.map((trace) => [trace, randomBytes(16).toString('hex')]));
    bytes += writeSync(target, pieces.map((piece) => ids.get(piece) ?? piece).join(''));
  }
  closeSync(target);
}

async function read(file: string): Promise<void> {
  let [runs, operators, spans, issues, largest] = [0, 0, 0, 0, 0];
  const start = performance.now();
  for await (const run of readRuns(createReadStream(file, { highWaterMark: MEGABYTE / 4 }), {
    onIssue: () => (issues += 1),
  })) {
    runs += 1;
    operators += run.operators.length;
    spans += run.spans.length;
    largest = Math.max(largest, process.memoryUsage.rss());
  }
  const seconds = (performance.now() - start) / 1000;
  const size = statSync(file).size / MEGABYTE;
  // The operating system has the true peak, in kilobytes.
  const peak = Math.max(process.resourceUsage().maxRSS / 1024, largest / MEGABYTE);
  console.log(`${size.toFixed(0)} MB: ${runs} runs, ${operators} operators, ${spans} spans, ${issues} issues`);
  console.log(`${seconds.toFixed(1)} s, ${(size / seconds).toFixed(0)} MB/s, peak memory ${peak.toFixed(0)} MB`);
  if (peak > MOST) {
    console.error(`more than ${MOST} MB`);
    process.exitCode = 1;
  }
}
