import { once } from 'node:events';
import { cpSync } from 'node:fs';
import type { Server } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';

const source = fileURLToPath(new URL('registry', import.meta.url));

/** A registry on loopback that has the packages of Planscope that were published to it, and no others. */
export interface Registry {
  readonly url: string;
  stop(): void;
}

/**
 * Starts a verdaccio. It is installed from its own lockfile, where it is not: who works on Planscope installs none.
 *
 * @param cache where its program stays for the next time
 * @param storage where it keeps what is published: a folder for each package
 */
export async function startRegistry(cache: string, storage: string): Promise<Registry> {
  cpSync(source, cache, { recursive: true });
  const quiet = ['--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline'];
  await execa('npm', ['install', '--no-save', ...quiet], { cwd: cache });
  const { runServer } = createRequire(join(cache, 'package.json'))('verdaccio');
  const open = { access: '$all', publish: '$all' };
  const server: Server = await runServer({
    self_path: storage,
    storage,
    // No uplink: what it does not have was not published.
    packages: { '@planscope/*': open, planscope: open },
    log: { type: 'stdout', format: 'pretty', level: 'error' },
    web: { enable: false },
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    stop: () => server.close().closeAllConnections(),
  };
}
