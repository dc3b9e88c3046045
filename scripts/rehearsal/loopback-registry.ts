import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { freePort } from '../network/free-port.ts';

/** A registry that knows the packages of Planscope and nothing else. */
export interface LoopbackRegistry {
  readonly url: string;
  /** Lets its holder publish. */
  readonly token: string;
  /** The folder with one folder for each package. */
  readonly storage: string;
  stop(): Promise<void>;
}

const startMillis = 30_000;

/**
 * Starts the registry on a free port of loopback.
 * @param program the file that starts it
 * @param folder where everything it keeps goes
 * @throws with what it wrote, where it does not answer within 30 seconds
 */
export async function startRegistry(program: string, folder: string): Promise<LoopbackRegistry> {
  const storage = join(folder, 'storage');
  const configuration = join(folder, 'config.yaml');
  const log = join(folder, 'registry.log');
  mkdirSync(storage, { recursive: true });
  writeFileSync(
    configuration,
    JSON.stringify({
      storage,
      auth: { htpasswd: { file: join(folder, 'htpasswd') } },
      // No uplink: what it does not have was not published.
      packages: { '@planscope/*': { access: '$all', publish: '$authenticated' } },
      log: { type: 'stdout', format: 'json', level: 'warn' },
      web: { enable: false },
    }),
  );
  const listen = `127.0.0.1:${await freePort()}`;
  const output = openSync(log, 'a');
  const child = spawn(process.execPath, [program, '--config', configuration, '--listen', listen], {
    stdio: ['ignore', output, output],
  });
  const url = `http://${listen}/`;
  try {
    await answers(`${url}-/ping`, child);
    return { url, storage, token: await addUser(url), stop: () => stop(child) };
  } catch (error) {
    await stop(child);
    throw new Error(`the registry did not start:\n${readFileSync(log, 'utf8')}`, { cause: error });
  }
}

async function answers(url: string, child: ChildProcess): Promise<void> {
  const deadline = Date.now() + startMillis;
  while (Date.now() < deadline && child.exitCode === null) {
    const answer = await fetch(url).catch(() => undefined);
    if (answer?.ok) return;
    await wait(100);
  }
  throw new Error(`no answer from ${url}`);
}

async function addUser(url: string): Promise<string> {
  const answer = await fetch(`${url}-/user/org.couchdb.user:rehearsal`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'rehearsal', password: crypto.randomUUID() }),
  });
  const { token } = (await answer.json()) as { token?: string };
  if (!token) throw new Error(`no user could be added: ${answer.status}`);
  return token;
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), 5_000);
  await ended;
  clearTimeout(timer);
}
