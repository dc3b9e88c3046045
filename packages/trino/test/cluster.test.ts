import { describe } from 'vitest';
import { testAuthentication } from './cluster/authentication.ts';
import { testClient } from './cluster/client.ts';
import { testFailures } from './cluster/failures.ts';
import { testGroundTruth } from './cluster/ground-truth.ts';
import { testReadSpans } from './cluster/read-spans.ts';
import { useTestCluster } from './cluster/test-cluster.ts';
import { testTraces } from './cluster/traces.ts';

// Both nodes share the machine with the tests, and each first query of a kind is compiled.
const timeout = 120_000;

describe('a Trino cluster of two nodes (set PLANSCOPE_TEST_TRINO to the folder of .ci/trino)', { timeout }, () => {
  const cluster = useTestCluster();
  testClient(cluster);
  testAuthentication(cluster);
  testTraces(cluster);
  testGroundTruth(cluster);
  testReadSpans(cluster);
  // Last, since they end a worker.
  testFailures(cluster);
});
