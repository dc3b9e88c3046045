import { ROOT_CONTEXT, SpanKind, TraceFlags, trace } from '@opentelemetry/api';
import { SamplingDecision } from '@opentelemetry/sdk-trace-base';
import type { TracingConfig } from '@planscope/config';
import { expect, test } from 'vitest';
import { BootstrapError } from './bootstrap-error.ts';
import { createSampler } from './create-sampler.ts';

type Policy = Pick<TracingConfig['exportPolicy'], 'sampler' | 'samplerArgument'>;

const LOW_TRACE_ID = '00000000000000000000000000000001';
const HIGH_TRACE_ID = 'ffffffff000000000000000000000000';

/** Whether the sampler keeps a span: root of a low and of a high trace id, child of a kept and of a dropped parent. */
function decisions(policy: Policy): string {
  const sampler = createSampler(policy);
  const kept = (traceId: string, parentFlags?: TraceFlags): boolean => {
    const parent =
      parentFlags === undefined
        ? ROOT_CONTEXT
        : trace.setSpanContext(ROOT_CONTEXT, { traceId, spanId: '0000000000000001', traceFlags: parentFlags });
    const { decision } = sampler.shouldSample(parent, traceId, 'span', SpanKind.INTERNAL, {}, []);
    return decision === SamplingDecision.RECORD_AND_SAMPLED;
  };
  return [
    kept(LOW_TRACE_ID),
    kept(HIGH_TRACE_ID),
    kept(HIGH_TRACE_ID, TraceFlags.SAMPLED),
    kept(LOW_TRACE_ID, TraceFlags.NONE),
  ]
    .map((decision) => (decision ? 'keep' : 'drop'))
    .join(' ');
}

test.each<[Policy, string]>([
  [{ sampler: 'always_on' }, 'keep keep keep keep'],
  [{ sampler: 'always_off' }, 'drop drop drop drop'],
  [{ sampler: 'traceidratio', samplerArgument: 0.5 }, 'keep drop drop keep'],
  [{ sampler: 'parentbased_always_on' }, 'keep keep keep drop'],
  [{ sampler: 'parentbased_always_off' }, 'drop drop keep drop'],
  [{ sampler: 'parentbased_traceidratio', samplerArgument: 0.5 }, 'keep drop keep drop'],
  [{ sampler: 'traceidratio', samplerArgument: 0 }, 'drop drop drop drop'],
  [{ sampler: 'traceidratio', samplerArgument: 1 }, 'keep keep keep keep'],
])('%j', (policy, expected) => {
  expect(decisions(policy)).toBe(expected);
});

test.each(['jaeger_remote', 'toString', ''])(
  'the unknown sampler %j is refused with the list of what is right',
  (name) => {
    const create = () => createSampler({ sampler: name as Policy['sampler'] });
    expect(create).toThrow(BootstrapError);
    expect(create).toThrow(/unknown sampler.*always_on, always_off, traceidratio, parentbased_always_on/);
  },
);

test.each([undefined, -0.1, 1.1, Number.NaN])('a ratio sampler with the argument %s is refused', (samplerArgument) => {
  const policy = { sampler: 'traceidratio', ...(samplerArgument !== undefined && { samplerArgument }) } as const;
  expect(() => createSampler(policy)).toThrow(/traceidratio needs a ratio from 0 to 1/);
});
