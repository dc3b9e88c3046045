import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { freePort } from '../network/free-port.ts';
import { runProgram } from './run-program.ts';

const manifest = fileURLToPath(new URL('builder.yaml', import.meta.url));

/**
 * The OpenTelemetry Collector, built from its Go modules once for each manifest and kept in the user's cache folder.
 *
 * @param limitMillis longest time for the build; what was compiled until then is kept by Go
 * @returns the path of the program, or a sentence that says why there is none
 */
export async function buildCollector(limitMillis: number): Promise<{ path: string } | { missing: string }> {
  const text = readFileSync(manifest);
  // biome-ignore lint/suspicious/noUndeclaredEnvVars: only where a program is kept, no task of turbo
  const cache = process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache');
  const folder = join(cache, 'planscope', `otelcol-${createHash('sha256').update(text).digest('hex').slice(0, 16)}`);
  const path = join(folder, 'build', 'otelcol');
  if (existsSync(path)) return { path };
  if ((await runProgram('go', ['version'])).status !== 0) return { missing: 'Go is not installed' };
  mkdirSync(folder, { recursive: true });
  const deadline = Date.now() + limitMillis;
  const version = /otlpreceiver (v[\d.]+)/.exec(text.toString())?.[1];
  const builder = join(folder, 'builder');
  const steps: [program: string, ...args: string[]][] = [
    ['go', 'install', `go.opentelemetry.io/collector/cmd/builder@${version}`],
    [builder, '--config', manifest],
  ];
  for (const step of steps) {
    const { status, output } = await runProgram('nice', ['-n', '10', ...step], {
      folder,
      environment: { GOBIN: folder },
      limitMillis: deadline - Date.now(),
    });
    if (status === 'timeout') return { missing: `its build took longer than ${limitMillis / 60_000} minutes` };
    if (status !== 0) throw new Error(`the Collector could not be built:\n${output}`);
  }
  return { path };
}

/** A Collector that takes spans on loopback. */
export interface RunningCollector {
  /** Where OTLP over HTTP goes. */
  readonly endpoint: string;
  stop(): Promise<void>;
}

const START_LIMIT_MILLIS = 20_000;

/** Starts the Collector on free ports of loopback, and waits until it says that it is ready. */
export async function startCollector(
  program: string,
  configurations: readonly string[],
  environment: Readonly<Record<string, string>>,
): Promise<RunningCollector> {
  const [grpc, http, health] = [await freePort(), await freePort(), await freePort()];
  const listen = {
    OTLP_GRPC_LISTEN: `127.0.0.1:${grpc}`,
    OTLP_HTTP_LISTEN: `127.0.0.1:${http}`,
    HEALTH_LISTEN: `127.0.0.1:${health}`,
  };
  const args = configurations.map((path) => `--config=${path}`);
  const child = spawn(program, args, { env: { ...process.env, ...environment, ...listen } });
  let log = '';
  child.stderr.on('data', (text) => {
    log += text;
  });
  const exited = once(child, 'exit');
  const stop = async (): Promise<void> => {
    if (child.exitCode === null) child.kill('SIGTERM');
    await exited;
  };
  const deadline = Date.now() + START_LIMIT_MILLIS;
  while (!(await isReady(`http://127.0.0.1:${health}/`))) {
    if (child.exitCode === null && Date.now() < deadline) {
      await setTimeout(100);
      continue;
    }
    await stop();
    throw new Error(`the Collector did not start:\n${log}`);
  }
  return { endpoint: `http://127.0.0.1:${http}/v1/traces`, stop };
}

async function isReady(url: string): Promise<boolean> {
  try {
    return (await fetch(url)).ok;
  } catch {
    return false;
  }
}
