import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { runSuccessfully } from '../collector/run-program.ts';
import { freePort } from '../network/free-port.ts';

const source = fileURLToPath(new URL('registry', import.meta.url));

/**
 * The program of the registry, installed from its own lockfile where that was not done before.
 *
 * It stays out of the workspace: who works on Planscope does not install a registry.
 * @param cache where it stays for the next time
 */
export async function installRegistry(cache: string): Promise<string> {
  const lock = createHash('sha256')
    .update(readFileSync(join(source, 'package-lock.json')))
    .digest('hex');
  const folder = join(cache, lock.slice(0, 16));
  if (!existsSync(folder)) {
    mkdirSync(cache, { recursive: true });
    const unfinished = mkdtempSync(join(cache, 'unfinished-'));
    try {
      cpSync(source, unfinished, { recursive: true });
      await runSuccessfully('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline'], {
        folder: unfinished,
      });
      renameSync(unfinished, folder);
    } finally {
      rmSync(unfinished, { recursive: true, force: true });
    }
  }
  return join(folder, 'node_modules/verdaccio/bin/verdaccio');
}

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

type Ranges = Readonly<Record<string, string>>;

/** The manifest of a published version, as far as publishing is about it. */
interface PublishedManifest {
  readonly name: string;
  readonly version: string;
  readonly private?: boolean;
  readonly dependencies?: Ranges;
  readonly peerDependencies?: Ranges;
  readonly optionalDependencies?: Ranges;
}

/** A package as the registry has it. */
export interface PublishedPackage {
  readonly name: string;
  /** The version that `npm install` takes. */
  readonly latest: string;
  readonly manifest: PublishedManifest;
  readonly tarballBytes: number;
  /** Paths within the tarball. */
  readonly files: readonly string[];
}

interface RegistryDocument {
  readonly 'dist-tags': { readonly latest: string };
  readonly versions: Readonly<Record<string, PublishedManifest & { readonly dist: { readonly tarball: string } }>>;
}

/** Every package that the registry has, by name. */
export async function publishedPackages(registry: LoopbackRegistry, folder: string): Promise<PublishedPackage[]> {
  const names = readdirSync(join(registry.storage, '@planscope')).sort();
  return Promise.all(
    names.map((name) => publishedPackage(registry, `@planscope/${name}`, join(folder, `${name}.tgz`))),
  );
}

async function publishedPackage({ url }: LoopbackRegistry, name: string, path: string): Promise<PublishedPackage> {
  const document = (await (await fetch(`${url}${name.replace('/', '%2f')}`)).json()) as RegistryDocument;
  const latest = document['dist-tags'].latest;
  const manifest = document.versions[latest];
  if (!manifest) throw new Error(`the registry has no ${name} ${latest}`);
  const tarball = Buffer.from(await (await fetch(manifest.dist.tarball)).arrayBuffer());
  writeFileSync(path, tarball);
  const listing = await runSuccessfully('tar', ['-tzf', path]);
  const files = listing
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.replace(/^package\//, ''));
  return { name, latest, manifest, tarballBytes: tarball.length, files };
}
