import { expect, it } from 'vitest';
import { closingTime, type OperatorProgress, PartitionRun } from './partition-run.ts';

const SECOND = 1_000_000_000n;

/** One partition whose stream ended at 1 s, without an outcome. */
function ended(partition: Partial<PartitionRun>, progress: Partial<OperatorProgress> = {}): bigint | undefined {
  const run = new PartitionRun(0, false, () => SECOND);
  run.streamEnded({ how: 'done' });
  const defaults: OperatorProgress = {
    partitions: [Object.assign(run, partition)],
    partitionCount: 1,
    parentRuns: undefined,
    abandonedAt: undefined,
    startedAt: 0n,
    outcomeWait: SECOND / 4n,
    heldUp: 0n,
  };
  return closingTime({ ...defaults, ...progress }, SECOND);
}

it('waits up to a minute for an outcome that its consumer has requested, or longer if outcomeWait is longer', () => {
  expect(ended({ isOutcomeTaken: true })).toBe(61n * SECOND);
  expect(ended({ isOutcomeTaken: true }, { outcomeWait: 100n * SECOND })).toBe(101n * SECOND);
  expect(ended({})).toBe(SECOND + SECOND / 4n);
});

it('does not wait longer for a consumer after the run is aborted or its parent has ended', () => {
  expect(ended({ isOutcomeTaken: true }, { abandonedAt: SECOND })).toBe(SECOND + SECOND / 4n);
});

it('adds the time in which the event loop was busy', () => {
  expect(ended({}, { heldUp: 3n * SECOND })).toBe(4n * SECOND + SECOND / 4n);
});
