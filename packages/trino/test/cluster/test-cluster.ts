import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defaultCatalogs, hasConnector, hiveCatalog } from '@planscope/internal/trino-catalogs';
import { TrinoCluster } from '@planscope/internal/trino-cluster';
import { afterAll, beforeAll, beforeEach } from 'vitest';
import { type OtlpReceiver, startReceiver } from '../../../bootstrap/test/support/otlp-receiver.ts';
import { createPrivateAuthority } from '../private-authority.ts';
import { PASSWORDS, TOKEN_KEY } from './credentials.ts';

/** What the tests of a cluster share. */
export interface TestCluster {
  readonly trino: TrinoCluster;
  /** Gets the spans of the cluster. */
  readonly receiver: OtlpReceiver;
  /** Who signed the certificate of the coordinator, in PEM. */
  readonly authority: string;
  /** Whether there is a catalog `lake`, of the connector `hive`, which keeps its tables as files. */
  readonly hasLake: boolean;
}

/** Limits that tests can reach: two queries run, one waits, and a lost worker is given up after seconds. */
const properties = {
  'query.max-concurrent-queries': '2',
  'query.max-queued-queries': '1',
  'query.remote-task.max-error-duration': '10s',
  'exchange.max-error-duration': '10s',
};

/**
 * Starts a coordinator and a worker for the tests around the call. Where there is none to start, one line says so and the tests
 * are skipped.
 */
export function useTestCluster(): TestCluster {
  const installation = process.env.PLANSCOPE_TEST_TRINO;
  let trino: TrinoCluster | undefined;
  let receiver: OtlpReceiver | undefined;
  let folder: string | undefined;
  let authority: string | undefined;
  const hasHive = installation !== undefined && hasConnector(installation, 'hive');
  const missing = (reason: string): void => console.log(`left out: tests against a Trino cluster, since ${reason}`);

  beforeAll(async () => {
    if (installation === undefined) {
      missing('PLANSCOPE_TEST_TRINO does not name the folder of .ci/trino');
      return;
    }
    receiver = await startReceiver();
    folder = await mkdtemp(join(tmpdir(), 'planscope-lake-'));
    await mkdir(join(folder, 'warehouse'));
    const catalogs = hasHive ? { ...defaultCatalogs, lake: hiveCatalog(folder) } : defaultCatalogs;
    const issuer = await createPrivateAuthority();
    authority = issuer.cert;
    const https = { ...(await issuer.issue('localhost')), tokenKey: TOKEN_KEY, passwords: PASSWORDS };
    const options = { installation, properties, catalogs, https, otlpEndpoint: receiver.grpcUrl };
    trino = await TrinoCluster.start(options).catch((error: Error) => {
      missing(error.message);
      return undefined;
    });
    if (trino !== undefined && !hasHive) {
      console.log('left out: bytes against read spans of Trino, since .ci/trino has not brought the connector hive');
    }
  }, 200_000);
  beforeEach(({ skip }) => skip(trino === undefined));
  afterAll(async () => {
    await trino?.stop();
    await receiver?.stop();
    if (folder !== undefined) await rm(folder, { recursive: true });
  }, 30_000);

  return {
    get hasLake() {
      return trino !== undefined && hasHive;
    },
    get trino() {
      return present(trino);
    },
    get receiver() {
      return present(receiver);
    },
    get authority() {
      return present(authority);
    },
  };
}

function present<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('the cluster is used before it has started');
  return value;
}
