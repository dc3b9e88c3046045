import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout } from 'node:timers/promises';
import { freePort } from '../network/free-port.ts';

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
