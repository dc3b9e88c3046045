import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { closeSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defaultCatalogs, type TrinoCatalogs } from './trino-catalogs.ts';

/** How a cluster is started. */
export interface TrinoClusterOptions {
  /** The folder that `.ci/trino` made. */
  readonly installation: string;
  /** Number of nodes beside the coordinator. Default: 1. */
  readonly workers?: number;
  /** Where Trino sends its own spans: the endpoint of an OTLP receiver for gRPC. Default: it makes none. */
  readonly otlpEndpoint?: string;
  /** More properties of the coordinator. */
  readonly properties?: Readonly<Record<string, string>>;
  /** HTTPS with authentication, beside HTTP, which asks for no credentials. Default: HTTP only. */
  readonly https?: TrinoHttps;
  /** Catalogs by name, as the content of their property files. Default: `tpch` and `memory`. */
  readonly catalogs?: TrinoCatalogs;
  /** Longest time until the first query is answered, in milliseconds. Default: three minutes. */
  readonly timeout?: number;
}

/** How the coordinator shows who it is, and whom it believes. */
export interface TrinoHttps {
  /** Its certificate for `localhost` and the key of it, in PEM. */
  readonly cert: string;
  readonly key: string;
  /** The public key of those who sign JSON Web Tokens, in PEM. */
  readonly tokenKey: string;
  /** The passwords of users, for the plugin that `.ci/trino` compiles. */
  readonly passwords: Readonly<Record<string, string>>;
}

/** One server of a cluster. */
interface TrinoNode {
  readonly name: string;
  readonly child: ChildProcess;
}

const READY_SQL = "SELECT count(*) FROM system.runtime.nodes WHERE state = 'active'";

/** A coordinator, which also works, and workers: each a JVM of its own that listens on a free port of loopback. */
export class TrinoCluster {
  /** Base URL of the coordinator. */
  readonly server: string;
  readonly #options: TrinoClusterOptions;
  readonly #folder: string;
  readonly #port: number;
  readonly #httpsPort: number;
  /** With authentication the servers of a cluster need one to know each other. */
  readonly #secret = randomBytes(32).toString('hex');
  readonly #nodes: TrinoNode[] = [];
  #made = 0;

  private constructor(options: TrinoClusterOptions, folder: string, [port, httpsPort]: readonly [number, number]) {
    this.#options = options;
    this.#folder = folder;
    this.#port = port;
    this.#httpsPort = httpsPort;
    this.server = `http://127.0.0.1:${port}`;
  }

  /**
   * Starts a cluster and resolves when all its nodes have answered a query.
   *
   * @throws Error with the end of a server's log, if a server ends or the cluster is not ready in time
   */
  static async start(options: TrinoClusterOptions): Promise<TrinoCluster> {
    const folder = await mkdtemp(join(tmpdir(), 'planscope-trino-'));
    const cluster = new TrinoCluster(options, folder, [await freePort(), await freePort()]);
    process.once('exit', cluster.#removeFiles);
    try {
      const { workers = 1 } = options;
      cluster.#launch('coordinator', cluster.#port, true);
      for (let index = 0; index < workers; index++) await cluster.addWorker();
      await cluster.ready(workers + 1);
    } catch (error) {
      await cluster.stop();
      throw error;
    }
    return cluster;
  }

  /** Base URL of the coordinator with TLS, for a cluster with the option `https`. */
  get secureServer(): string {
    return `https://localhost:${this.#httpsPort}`;
  }

  /** Names of the workers that have not been killed. */
  get workers(): readonly string[] {
    return this.#nodes.map(({ name }) => name).filter((name) => name !== 'coordinator');
  }

  /** Starts another worker and returns its name, which is its node id. It takes some seconds to join. */
  async addWorker(): Promise<string> {
    const name = `worker${++this.#made}`;
    this.#launch(name, await freePort(), false);
    return name;
  }

  /** Ends a server at once, as a crash would. */
  async kill(name: string): Promise<void> {
    const index = this.#nodes.findIndex((node) => node.name === name);
    const [node] = index === -1 ? [] : this.#nodes.splice(index, 1);
    if (node === undefined) throw new Error(`the cluster has no node "${name}"`);
    await end(node.child);
  }

  /** Resolves when so many nodes are active and have answered a query. */
  async ready(nodes: number): Promise<void> {
    const { timeout = 180_000 } = this.#options;
    const until = Date.now() + timeout;
    for (;;) {
      const ended = this.#nodes.find(({ child }) => child.exitCode !== null || child.signalCode !== null);
      if (ended !== undefined) throw new Error(`${ended.name} ended:\n${this.#log(ended.name)}`);
      const active = await answer(this.server, READY_SQL).catch(() => undefined);
      if (Number(active) >= nodes) return;
      if (Date.now() > until) {
        throw new Error(`Trino is not ready after ${timeout} ms:\n${this.#log('coordinator')}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 1_000));
    }
  }

  /** Ends all servers and removes their files. */
  async stop(): Promise<void> {
    // Nothing in the cluster is worth the 10 to 30 seconds of an orderly shutdown.
    await Promise.all(this.#nodes.splice(0).map(({ child }) => end(child)));
    process.off('exit', this.#removeFiles);
    this.#removeFiles();
  }

  readonly #removeFiles = (): void => rmSync(this.#folder, { recursive: true, force: true });

  #launch(name: string, port: number, isCoordinator: boolean): void {
    const { installation, otlpEndpoint, properties = {}, catalogs = defaultCatalogs } = this.#options;
    const home = join(this.#folder, name);
    mkdirSync(join(home, 'catalog'), { recursive: true });
    mkdirSync(join(home, 'data'));
    const tracing =
      otlpEndpoint === undefined ? {} : { 'tracing.enabled': 'true', 'otel.exporter.endpoint': otlpEndpoint };
    const config = {
      coordinator: String(isCoordinator),
      'http-server.http.port': String(port),
      'discovery.uri': this.server,
      'plugin.dir': join(installation, 'plugin'),
      'query.max-memory': '1GB',
      'query.max-memory-per-node': '400MB',
      'memory.heap-headroom-per-node': '200MB',
      ...(this.#options.https === undefined ? {} : { 'internal-communication.shared-secret': this.#secret }),
      ...(isCoordinator ? { 'node-scheduler.include-coordinator': 'true', ...this.#secured(home), ...properties } : {}),
      ...tracing,
    };
    writeFileSync(join(home, 'config.properties'), propertyFile(config));
    for (const [catalog, content] of Object.entries(catalogs)) {
      writeFileSync(join(home, 'catalog', `${catalog}.properties`), propertyFile(content));
    }
    const log = openSync(join(home, 'server.log'), 'w');
    const child = spawn(
      'sh',
      [
        ...['-c', UNTIL_INPUT_ENDS, 'trino'],
        join(installation, 'jdk', 'bin', 'java'),
        ...JVM_OPTIONS,
        ...['-cp', `${join(installation, 'launcher')}:${join(installation, 'lib')}/*`],
        ...Object.entries({
          'node.environment': 'planscope',
          'node.id': name,
          'node.data-dir': join(home, 'data'),
          'node.bind-ip': '127.0.0.1',
          'node.internal-address': '127.0.0.1',
          config: join(home, 'config.properties'),
          'catalog.config-dir': join(home, 'catalog'),
          // Java removes no libraries that it unpacks, and a server is killed.
          'java.io.tmpdir': join(home, 'data'),
        }).map(([key, value]) => `-D${key}=${value}`),
        'io.trino.server.TrinoServer',
      ],
      { cwd: home, stdio: ['pipe', log, log] },
    );
    closeSync(log);
    child.on('error', () => {});
    child.stdin?.on('error', () => {});
    this.#nodes.push({ name, child });
  }

  /** Properties of a coordinator with HTTPS; writes the files that they name. */
  #secured(home: string): Readonly<Record<string, string>> {
    const { https } = this.#options;
    if (https === undefined) return {};
    const { cert, key, tokenKey, passwords } = https;
    const files = {
      'server.pem': `${key}\n${cert}`,
      'tokens.pem': tokenKey,
      'passwords.properties': propertyFile({ 'password-authenticator.name': 'passwords-of-tests', ...passwords }),
    };
    for (const [name, content] of Object.entries(files)) writeFileSync(join(home, name), content, { mode: 0o600 });
    return {
      'http-server.https.enabled': 'true',
      'http-server.https.port': String(this.#httpsPort),
      'http-server.https.keystore.path': join(home, 'server.pem'),
      'http-server.authentication.type': 'PASSWORD,JWT',
      'http-server.authentication.allow-insecure-over-http': 'true',
      'http-server.authentication.jwt.key-file': join(home, 'tokens.pem'),
      'password-authenticator.config-files': join(home, 'passwords.properties'),
    };
  }

  #log(name: string): string {
    return readFileSync(join(this.#folder, name, 'server.log'), 'utf8').slice(-4_000);
  }
}

/**
 * Runs a program until the input of the shell ends: by `stop`, or because the process that started it is gone, in whichever way.
 */
const UNTIL_INPUT_ENDS = `exec 3<&0
"$@" </dev/null 3<&- &
server=$!
{ cat <&3 >/dev/null; kill -9 $server 2>/dev/null; } &
exec 3<&-
wait $server`;

const JVM_OPTIONS = [
  '-Xmx1G',
  '-XX:TieredStopAtLevel=1',
  '-XX:+UseG1GC',
  '-XX:G1HeapRegionSize=8M',
  '-XX:+ExitOnOutOfMemoryError',
  '-XX:-OmitStackTraceInFastThrow',
  '-XX:ReservedCodeCacheSize=256M',
  '-XX:+EnableDynamicAgentLoading',
  '-Djdk.attach.allowAttachSelf=true',
  '-Djdk.nio.maxCachedBufferSize=2000000',
  '--add-modules=jdk.incubator.vector',
  '-XX:+UnlockDiagnosticVMOptions',
  '-Dfile.encoding=UTF-8',
  '--sun-misc-unsafe-memory-access=allow',
  '--enable-native-access=ALL-UNNAMED',
];

function propertyFile(content: Readonly<Record<string, string>>): string {
  return Object.entries(content)
    .map(([key, value]) => `${key}=${value}\n`)
    .join('');
}

/** The first value of the result of a query, as the servers' readiness is asked for. */
async function answer(server: string, sql: string): Promise<unknown> {
  const headers = { 'X-Trino-User': 'planscope' };
  const signal = AbortSignal.timeout(30_000);
  let response = await fetch(`${server}/v1/statement`, { method: 'POST', body: sql, headers, signal });
  for (;;) {
    const page = (await response.json()) as { data?: unknown[][]; nextUri?: string };
    if (page.data !== undefined) return page.data[0]?.[0];
    if (page.nextUri === undefined) return undefined;
    response = await fetch(page.nextUri, { headers, signal });
  }
}

/** Ends a server by the end of its input. */
async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.stdin?.end();
  await ended;
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer().once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}
