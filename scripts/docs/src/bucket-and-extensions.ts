import { cpSync, mkdirSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, join } from 'node:path';
import { Minio, minioProgram } from '../../../lake/src/minio.ts';
import { repository } from './document.ts';

/** What a reader of a guide has. */
export interface Prepared {
  /** Variables of the shell. */
  readonly environment: Readonly<Record<string, string>>;
  /** Commands to type besides the first ones of the guide. */
  readonly extra: readonly string[];
  stop(): Promise<void>;
}

/** Folders of DuckDB's extensions for each platform of Node. */
const PLATFORMS: Readonly<Record<string, string>> = {
  'linux-x64': 'linux_amd64',
  'linux-arm64': 'linux_arm64',
  'darwin-x64': 'osx_amd64',
  'darwin-arm64': 'osx_arm64',
};

/** A bucket `lake` on a MinIO, its credentials, and DuckDB's extensions as if they were installed before. */
export async function bucketAndExtensions(folder: string): Promise<Prepared | undefined> {
  const extensions = process.env.PLANSCOPE_TEST_DUCKDB_EXTENSIONS;
  const platform = PLATFORMS[`${process.platform}-${process.arch}`];
  if (minioProgram === undefined || extensions === undefined || platform === undefined) {
    console.log('left out: this guide, which needs MinIO (PLANSCOPE_TEST_MINIO) and PLANSCOPE_TEST_DUCKDB_EXTENSIONS');
    return undefined;
  }
  const installed = join(folder, `.duckdb/extensions/v${basename(extensions)}/${platform}`);
  mkdirSync(installed, { recursive: true });
  for (const name of ['httpfs', 'delta', 'ducklake']) {
    const file = `${name}.duckdb_extension`;
    cpSync(join(extensions, file), join(installed, file));
  }
  const minio = await Minio.start();
  return {
    environment: {
      HOME: folder,
      npm_config_cache: process.env.npm_config_cache ?? join(homedir(), '.npm'),
      AWS_ACCESS_KEY_ID: Minio.keyId,
      AWS_SECRET_ACCESS_KEY: Minio.secret,
      AWS_ENDPOINT_URL: `http://127.0.0.1:${minio.port}`,
    },
    // The extensions load into the driver of their version only, and nothing is downloaded from DuckDB's repository.
    extra: [`npm install --no-audit --no-fund @duckdb/node-api@${driverVersion()}`],
    stop: () => minio.stop(),
  };
}

function driverVersion(): string {
  const text = readFileSync(join(repository, 'lake/package.json'), 'utf8');
  const { dependencies } = JSON.parse(text) as { dependencies: Record<string, string> };
  return dependencies['@duckdb/node-api'] ?? '';
}
