import { createContextKey, ROOT_CONTEXT } from '@opentelemetry/api';
import { expect, it, vi } from 'vitest';
import { createTaskContext, SpanBudget } from './execution-plan.ts';

it('gives each run its own id and shared executions', () => {
  const [one, other] = [createTaskContext(), createTaskContext()];

  expect(one.run.runId).not.toBe(other.run.runId);
  expect(one.shared).not.toBe(other.shared);
  expect(one.otelContext).toBe(ROOT_CONTEXT);
  expect(one.signal.aborted).toBe(false);
  expect(one.budget.limit).toBe(Number.POSITIVE_INFINITY);
});

it('keeps what the program sets', () => {
  const options = {
    otelContext: ROOT_CONTEXT.setValue(createContextKey('test'), 1),
    signal: AbortSignal.abort(),
    run: { runId: 'run-1' },
    budget: new SpanBudget(2),
    warn: vi.fn(),
    observeOperator: vi.fn(),
  };

  expect(createTaskContext(options)).toMatchObject(options);
});

it('treats an undefined field as not set', () => {
  expect(createTaskContext({ run: undefined } as never).run.runId).toMatch(/^[0-9a-f-]{36}$/);
});

it('shows warnings on the console by default', () => {
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});

  createTaskContext().warn({ code: 'some_code', message: 'some message' });

  expect(warn.mock.calls).toEqual([['some_code', 'some message']]);
  warn.mockRestore();
});
