import { count, percent } from '@planscope/internal/quantity';
import { defineRule, type Rule } from '../rule.ts';

export const retriedRequests: Rule = defineRule({
  code: 'retried-requests',
  title: 'Requests failed or were throttled',
  meaning:
    'Requests to object stores failed, were repeated, or were answered with 429 or 503. Each repetition waits for a backoff.',
  advice:
    'If the store throttles, read with fewer requests at a time, spread the objects over more prefixes, or ask for a higher limit; else look at the errors of the calls.',
  thresholds: {
    share: {
      value: 0.01,
      unit: '1',
      reason:
        'The service level agreement of S3 pays back from 0.1% of failed requests; one in a hundred is no accident.',
    },
    requests: {
      value: 2,
      unit: '{request}',
      reason: 'A single lost connection is normal, and its retry costs one backoff.',
    },
  },
  *check(view, { share: least, requests: fewest }) {
    const { files, totals, calls } = view.run;
    const sum = (of: (file: (typeof files)[number]) => number): number =>
      files.reduce((all, file) => all + of(file), 0);
    const attempts = calls.reduce((all, { attempts: tries = 1 }) => all + Math.max(tries - 1, 0), 0);
    const retries = Math.max(
      totals.httpRetries?.value ?? 0,
      sum((file) => file.retries),
      attempts,
    );
    const failures = Math.max(
      totals.httpFailures?.value ?? 0,
      sum((file) => file.failures),
    );
    const throttled = sum((file) => file.throttled);
    const requests = Math.max(
      totals.httpRequests?.value ?? 0,
      sum((file) => file.requests),
      1,
    );
    const bad = Math.max(retries, failures, throttled);
    if (bad < fewest || bad < least * requests) return;
    const worst = files.toSorted(
      (left, right) => right.retries + right.failures + right.throttled - left.retries - left.failures - left.throttled,
    )[0];
    const share = bad / requests;
    yield {
      file: worst?.location,
      explanation: `Of ${count(requests)} requests, ${count(failures)} failed, ${count(retries)} were repeated and ${count(throttled)} were throttled (${percent(share)}).`,
      evidence: [
        { name: 'retries', value: retries, unit: '{request}', source: 'io_log' },
        { name: 'failures', value: failures, unit: '{request}', source: 'io_log' },
        { name: 'throttled', value: throttled, unit: '{request}', source: 'io_log' },
        { name: 'requests', value: requests, unit: '{request}', source: 'io_log' },
      ],
      share,
      shareOf: 'requests',
      ...(throttled > 0 && share < 0.1 ? { severity: 'warning' as const } : {}),
    };
  },
});
