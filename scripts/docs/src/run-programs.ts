import { spawn } from 'node:child_process';
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import type { Program } from './check-typescript.ts';
import { type Finding, finding } from './document.ts';

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

/** Makes the file that the examples read, `flights.parquet`, in a folder. */
export async function makeSampleData(folder: string): Promise<string[]> {
  const path = join(folder, 'flights.parquet');
  const instance = await DuckDBInstance.create();
  const connection = await instance.connect();
  await connection.run(`COPY (
    SELECT ['ATL', 'ORD', 'DFW'][1 + i % 3] AS origin, ['LAX', 'JFK'][1 + i % 2] AS destination, (i * 7) % 90 AS delay
    FROM range(1000) t(i)
  ) TO '${path}' (FORMAT parquet)`);
  connection.closeSync();
  instance.closeSync();
  return [path];
}

/** How a program ended. */
export interface ProgramRun {
  readonly program: Program;
  readonly stdout: string;
  readonly findings: readonly Finding[];
}

const LIMIT_MILLIS = 30_000;

/**
 * Runs the programs, two at a time, each in an empty folder that holds the sample data. What does not say where its
 * spans go prints them.
 *
 * @param samples files that every program finds in its folder
 */
export async function runPrograms(programs: readonly Program[], samples: readonly string[]): Promise<ProgramRun[]> {
  const runs: ProgramRun[] = [];
  const waiting = [...programs];
  const worker = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) runs.push(await run(next, samples));
  };
  await Promise.all([worker(), worker()]);
  return runs;
}

async function run(program: Program, samples: readonly string[]): Promise<ProgramRun> {
  const folder = mkdtempSync(join(tmpdir(), 'planscope-docs-'));
  try {
    for (const sample of samples) copyFileSync(sample, join(folder, sample.split('/').at(-1) ?? ''));
    const { block } = program.chain;
    const { status, stdout, stderr } = await runNode(program.script, folder);
    const failures = status === 0 ? [] : [finding(block, `it ends with ${status}: ${stderr.trim().slice(-2_000)}`)];
    const promised = block.directive.prints ? promisedByComments(block.code) : [];
    if (block.directive.prints && promised.length === 0)
      failures.push(finding(block, 'no comment says what it prints'));
    const missing = status === 0 ? missingOutput(promised, stdout) : undefined;
    if (missing !== undefined) failures.push(finding(block, `it does not print "${missing}" but:\n${stdout}`));
    return { program, stdout, findings: failures };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function runNode(
  path: string,
  folder: string,
): Promise<{ readonly status: number | string; readonly stdout: string; readonly stderr: string }> {
  const child = spawn(process.execPath, [path], {
    cwd: folder,
    env: { PATH: process.env.PATH, HOME: process.env.HOME, NO_COLOR: '1', TZ: 'UTC', OTEL_TRACES_EXPORTER: 'console' },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: LIMIT_MILLIS,
    killSignal: 'SIGKILL',
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ status: code ?? String(signal), stdout, stderr }));
  });
}
