import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** Catalogs by name, as the content of their property files. */
export type TrinoCatalogs = Readonly<Record<string, Readonly<Record<string, string>>>>;

export const defaultCatalogs: TrinoCatalogs = {
  tpch: { 'connector.name': 'tpch' },
  memory: { 'connector.name': 'memory' },
};

/** A store whose files a catalog of the connector `hive` can read, beside those of its folder. */
export interface LakeStore {
  readonly endpoint: string;
  readonly region: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** Whether `.ci/trino` brought a connector. */
export function hasConnector(installation: string, connector: string): boolean {
  return existsSync(join(installation, 'plugin', connector));
}

/**
 * A catalog of the connector `hive` that keeps its tables as files: `local:///` is the folder, which all servers of the cluster
 * have to see, and which has to exist.
 */
export function hiveCatalog(folder: string, s3?: LakeStore): Readonly<Record<string, string>> {
  return {
    'connector.name': 'hive',
    'hive.metastore': 'file',
    'hive.metastore.catalog.dir': 'local:///warehouse',
    'fs.native-local.enabled': 'true',
    'local.location': folder,
    ...(s3 === undefined
      ? {}
      : {
          'fs.s3.enabled': 'true',
          's3.endpoint': s3.endpoint,
          's3.region': s3.region,
          's3.path-style-access': 'true',
          's3.aws-access-key': s3.accessKeyId,
          's3.aws-secret-key': s3.secretAccessKey,
        }),
  };
}
