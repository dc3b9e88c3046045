import { TrinoCluster } from '@planscope/internal/trino-cluster';
import { afterAll, beforeAll, beforeEach } from 'vitest';
import { type OtlpReceiver, startReceiver } from '../../../bootstrap/test/support/otlp-receiver.ts';

/** What the tests of a cluster share. */
export interface TestCluster {
  readonly trino: TrinoCluster;
  /** Gets the spans of the cluster. */
  readonly receiver: OtlpReceiver;
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
  const missing = (reason: string): void => console.log(`left out: tests against a Trino cluster, since ${reason}`);

  beforeAll(async () => {
    if (installation === undefined) {
      missing('PLANSCOPE_TEST_TRINO does not name the folder of .ci/trino');
      return;
    }
    receiver = await startReceiver();
    const options = { installation, properties, otlpEndpoint: receiver.grpcUrl };
    trino = await TrinoCluster.start(options).catch((error: Error) => {
      missing(error.message);
      return undefined;
    });
  }, 200_000);
  beforeEach(({ skip }) => skip(trino === undefined));
  afterAll(async () => {
    await trino?.stop();
    await receiver?.stop();
  }, 30_000);

  return {
    get trino() {
      return present(trino);
    },
    get receiver() {
      return present(receiver);
    },
  };
}

function present<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('the cluster is used before it has started');
  return value;
}
