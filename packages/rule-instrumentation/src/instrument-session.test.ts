import { type PlanningInterceptor, planQuery } from '@planscope/plan';
import { testPlanningContext } from '@planscope/plan/testing';
import { createSpanRecorder, renderSpanTree } from '@planscope/testing';
import { describe, expect, it } from 'vitest';
import { query, session } from '../test/planning-fixture.ts';
import { instrumentSession } from './instrument-session.ts';
import { planningInterceptor } from './planning-interceptor.ts';
import { PlanningOptionsError } from './planning-options-error.ts';

const passOn: PlanningInterceptor = (next) => next;

describe('instrumentSession', () => {
  it('leaves the session it was given as it is', () => {
    const state = session();
    expect(instrumentSession(state)).not.toBe(state);
    expect(state.interceptors).toBeUndefined();
  });

  it('wraps nothing when every phase is disabled', () => {
    const state = session();
    expect(instrumentSession(state, { mode: 'disabled' })).toBe(state);
    const other = { ...state, interceptors: [passOn] };
    expect(instrumentSession(instrumentSession(other), { mode: 'disabled' }).interceptors).toEqual(other.interceptors);
  });

  it('traces once when called twice, by the options of the second', async () => {
    const { tracerProvider, spans } = createSpanRecorder();
    const twice = instrumentSession(instrumentSession(session(), { tracerProvider }), {
      tracerProvider,
      mode: 'phase-only',
    });
    await planQuery(twice, query, testPlanningContext());
    expect(renderSpanTree(spans())).toBe(
      'analyze_logical_plan\noptimize_logical_plan\ncreate_physical_plan\noptimize_physical_plan',
    );
  });

  it('takes the place of an interceptor that was put there by hand', () => {
    const { interceptors } = instrumentSession(session({ interceptors: [planningInterceptor(), passOn] }));
    expect(interceptors).toHaveLength(2);
    expect(interceptors?.indexOf(passOn)).toBe(1);
  });

  it('stands outside the interceptors that are there', () => {
    expect(instrumentSession(session({ interceptors: [passOn] })).interceptors?.indexOf(passOn)).toBe(1);
  });
});

describe('options', () => {
  it.each([
    [{ mode: 'all' }, 'option mode is "all"; should be one of "disabled", "phase-only", "full"'],
    [{ physical: true }, 'option physical is true; should be one of'],
    [{ planDiff: 'yes' }, 'option planDiff is "yes"; should be one of true, false'],
    [{ maxTextBytes: -1 }, 'option maxTextBytes is -1; should be a whole number of bytes from 0 up'],
    [{ redaction: { plans: 'off' } }, 'option redaction.plans is "off"; should be one of "placeholders", "raw"'],
  ])('%j is refused', (options, message) => {
    const instrument = (): unknown => instrumentSession(session(), options as never);
    expect(instrument).toThrow(`[planscope/rule-instrumentation] ${message}`);
    expect(instrument).toThrow(expect.objectContaining({ code: 'invalid-option' }));
  });

  it('errors are known across copies of the package', () => {
    const marker = Symbol.for('planscope.rule-instrumentation.options-error');
    expect(PlanningOptionsError.isInstance(new PlanningOptionsError('a', 1, 'b'))).toBe(true);
    expect(PlanningOptionsError.isInstance(Object.assign(new Error('x'), { [marker]: true }))).toBe(true);
    expect(PlanningOptionsError.isInstance(new Error('x'))).toBe(false);
  });
});
