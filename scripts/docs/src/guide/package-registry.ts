import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { runProgram } from '../../../collector/run-program.ts';

/** A registry on loopback. */
export interface PackageRegistry {
  readonly url: string;
  stop(): void;
}

/**
 * Serves packed packages as a registry does, for reading.
 *
 * @param tarballs paths of the packages
 */
export async function startPackageRegistry(tarballs: readonly string[]): Promise<PackageRegistry> {
  const manifests = await Promise.all(tarballs.map(readManifest));
  const server = createServer((request, response) => {
    const [, name = '', isTarball] = /^\/([^?]+?)(\.tgz)?$/.exec(decodeURIComponent(request.url ?? '')) ?? [];
    const manifest = manifests.find((one) => one.name === name);
    if (manifest === undefined) {
      response.writeHead(404).end('{}');
    } else if (isTarball) {
      response.end(manifest.tarball);
    } else {
      response.setHeader('content-type', 'application/json').end(JSON.stringify(packument(manifest, url)));
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  return {
    url,
    stop() {
      server.close();
      server.closeAllConnections();
    },
  };
}

interface PackedManifest {
  readonly name: string;
  readonly version: string;
  readonly tarball: Buffer;
  readonly fields: object;
}

async function readManifest(path: string): Promise<PackedManifest> {
  const { status, output } = await runProgram('tar', ['-xzOf', path, 'package/package.json']);
  if (status !== 0) throw new Error(`${path} holds no package.json: ${output}`);
  const fields = JSON.parse(output) as { name: string; version: string };
  return { name: fields.name, version: fields.version, tarball: readFileSync(path), fields };
}

function packument({ name, version, tarball, fields }: PackedManifest, url: string): object {
  const integrity = `sha512-${createHash('sha512').update(tarball).digest('base64')}`;
  const dist = { tarball: `${url}${name}.tgz`, integrity };
  return { name, 'dist-tags': { latest: version }, versions: { [version]: { ...fields, dist } } };
}
