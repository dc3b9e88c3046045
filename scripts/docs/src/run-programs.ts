import { spawn } from 'node:child_process';
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Program } from './check-typescript.ts';
import { type Finding, finding } from './finding.ts';
import { missingOutput, promisedByComments } from './printed-output.ts';

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
