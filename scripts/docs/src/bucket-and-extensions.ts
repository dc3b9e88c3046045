import { cpSync, mkdirSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, delimiter, dirname, join } from 'node:path';
import { Minio, minioProgram } from '../../../lake/src/minio.ts';
import { repository } from './document.ts';

/** What a reader of a guide has. */
interface Prepared {
  /** Variables of the shell. */
  readonly environment: Readonly<Record<string, string>>;
  /** Commands to type besides the first ones of the guide. */
  readonly extra: readonly string[];
  stop(): Promise<void>;
}

/**
 * Provides what the reader of a guide has already.
 *
 * @param folder an empty one
 * @returns undefined where this machine has not got it, after a line that says so
 */
export type Prepare = (folder: string) => Promise<Prepared | undefined>;

/** Folders of DuckDB's extensions for each platform of Node. */
const PLATFORMS: Readonly<Record<string, string>> = {
  'linux-x64': 'linux_amd64',
  'linux-arm64': 'linux_arm64',
  'darwin-x64': 'osx_amd64',
  'darwin-arm64': 'osx_arm64',
};

/** What a guide needs besides a bucket. */
export interface NeededMeans {
  /** DuckDB's extensions that the reader installs. */
  readonly extensions: readonly string[];
  /** Whether the reader has a Python with pyiceberg. Default: false. */
  readonly pyiceberg?: boolean;
}

/** A bucket `lake` on a MinIO, its credentials, and DuckDB's extensions as if they were installed before. */
export function bucketAndExtensions({ extensions, pyiceberg = false }: NeededMeans): Prepare {
  return async (folder) => {
    const source = process.env.PLANSCOPE_TEST_DUCKDB_EXTENSIONS;
    const python = process.env.PLANSCOPE_TEST_LAKE_PYTHON;
    const platform = PLATFORMS[`${process.platform}-${process.arch}`];
    const lacks = (pyiceberg && python === undefined) || minioProgram === undefined || source === undefined;
    if (lacks || platform === undefined) {
      const variables = ['PLANSCOPE_TEST_MINIO', 'PLANSCOPE_TEST_DUCKDB_EXTENSIONS'];
      if (pyiceberg) variables.push('PLANSCOPE_TEST_LAKE_PYTHON');
      console.log(`left out: this guide, which needs ${variables.join(', ')}`);
      return undefined;
    }
    const installed = join(folder, `.duckdb/extensions/v${basename(source)}/${platform}`);
    mkdirSync(installed, { recursive: true });
    for (const name of extensions) {
      const file = `${name}.duckdb_extension`;
      cpSync(join(source, file), join(installed, file));
    }
    const minio = await Minio.start();
    return {
      environment: {
        HOME: folder,
        npm_config_cache: process.env.npm_config_cache ?? join(homedir(), '.npm'),
        AWS_ACCESS_KEY_ID: Minio.keyId,
        AWS_SECRET_ACCESS_KEY: Minio.secret,
        AWS_ENDPOINT_URL: `http://127.0.0.1:${minio.port}`,
        // Its `pip` finds pyiceberg installed.
        ...(pyiceberg ? { PATH: [dirname(python ?? ''), process.env.PATH].join(delimiter) } : {}),
      },
      // The extensions load into the driver of their version only, and nothing is downloaded from DuckDB's repository.
      extra: [`npm install --no-audit --no-fund @duckdb/node-api@${driverVersion()}`],
      stop: () => minio.stop(),
    };
  };
}

function driverVersion(): string {
  const text = readFileSync(join(repository, 'lake/package.json'), 'utf8');
  const { dependencies } = JSON.parse(text) as { dependencies: Record<string, string> };
  return dependencies['@duckdb/node-api'] ?? '';
}
