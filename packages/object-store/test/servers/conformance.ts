import { assertTraceInvariants, createSpanRecorder } from '@planscope/testing';
import { describe, expect, test } from 'vitest';
import type { ObjectStore } from '../../src/contract/object-store.ts';
import { instrumentStore } from '../../src/instrument/instrument-store.ts';
import { objectStoreConformance } from '../../src/testing/index.ts';
import { knownGaps as gapsByServer, type TestedServer } from './known-gaps.ts';

/**
 * Runs the suite against a store, bare and traced.
 *
 * @param server behind the store, for its known gaps
 * @param store called when the tests run
 * @param secrets no span may hold
 */
export function testConformance(server: TestedServer, store: () => ObjectStore, secrets: readonly string[] = []): void {
  const knownGaps = gapsByServer[server];
  describe('conformance', () => {
    for (const { name, run } of objectStoreConformance(store, { knownGaps })) test(name, run);
  });

  describe('conformance, traced', () => {
    const recorder = createSpanRecorder();
    const { tracerProvider } = recorder;
    for (const { name, run } of objectStoreConformance(() => instrumentStore(store(), { tracerProvider }), {
      knownGaps,
    })) {
      test(`${name}, every span ended and sound`, async () => {
        recorder.clear();
        await run();
        expect(recorder.openSpans()).toBe(0);
        expect(recorder.spans().length).toBeGreaterThan(0);
        assertTraceInvariants(recorder.spans(), { secrets });
      });
    }
  });
}
