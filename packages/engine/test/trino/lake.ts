import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hasConnector, hiveCatalog, type TrinoCatalogs } from '@planscope/internal/trino-catalogs';
import type { ObjectStore } from '@planscope/object-store';
import { S3Store } from '@planscope/object-store/s3';
import { freePort, ServerProcess } from '../../../object-store/test/servers/server-process.ts';

/** A bucket in MinIO, and a catalog of the connector `hive` that reads it. */
export interface Lake {
  readonly store: ObjectStore;
  readonly catalogs: TrinoCatalogs;
  stop(): Promise<void>;
}

const BUCKET = 'lake';

/** Starts MinIO; returns why there is no lake if it or the connector is not here. */
export async function startLake(installation: string): Promise<Lake | string> {
  const program = process.env.PLANSCOPE_TEST_MINIO;
  if (!hasConnector(installation, 'hive')) return '.ci/trino has not brought the connector hive';
  if (program === undefined) return 'PLANSCOPE_TEST_MINIO does not name its program';
  const folder = await mkdtemp(join(tmpdir(), 'planscope-lake-'));
  // A folder of its own is a bucket.
  for (const name of ['warehouse', `minio/${BUCKET}`]) await mkdir(join(folder, name), { recursive: true });
  const port = await freePort();
  const credentials = { accessKeyId: 'planscope', secretAccessKey: 'planscope-key' };
  const { accessKeyId, secretAccessKey } = credentials;
  const server = await ServerProcess.start(
    program,
    ['server', join(folder, 'minio'), '--address', `127.0.0.1:${port}`, '--quiet'],
    port,
    { MINIO_ROOT_USER: accessKeyId, MINIO_ROOT_PASSWORD: secretAccessKey, MINIO_BROWSER: 'off' },
  );
  const place = { endpoint: `http://127.0.0.1:${port}`, region: 'us-east-1' };
  return {
    store: new S3Store({ ...place, credentials, bucket: BUCKET }),
    catalogs: { lake: hiveCatalog(folder, { ...place, ...credentials }) },
    async stop() {
      await server.stop();
      await rm(folder, { recursive: true });
    },
  };
}
