import { ROOT_CONTEXT, trace } from '@opentelemetry/api';
import { describe, expect, it } from 'vitest';
import { enginePlace, engineSpanContext } from './report-recorder.ts';

const traceId = '0af7651916cd43dd8448eb211c80319c';
const recorded = { traceparent: `00-${traceId}-b7ad6b7169203331-01` };
const unrecorded = { traceparent: `00-${traceId}-b7ad6b7169203331-00` };

const placeIn = (trace1: string) => ({
  otelContext: trace.setSpanContext(ROOT_CONTEXT, { traceId: trace1, spanId: '00f067aa0ba902b7', traceFlags: 1 }),
  window: { start: '1', end: '2' },
});

describe('engineSpanContext', () => {
  it('is the span that the engine recorded', () => {
    expect(engineSpanContext(recorded)).toEqual({ traceId, spanId: 'b7ad6b7169203331', traceFlags: 1, isRemote: true });
    expect(engineSpanContext({ traceparent: `cc-${traceId}-b7ad6b7169203331-01-later` })?.traceId).toBe(traceId);
  });

  it.each([undefined, '', unrecorded.traceparent, `ff-${traceId}-b7ad6b7169203331-01`])(
    'is nothing for %s',
    (traceparent) => {
      expect(engineSpanContext(traceparent === undefined ? {} : { traceparent })).toBeUndefined();
    },
  );
});

describe('enginePlace', () => {
  it('has the engine’s span as the parent, and no span of its own', () => {
    const place = enginePlace(recorded, placeIn(traceId));
    expect(trace.getSpanContext(place?.otelContext ?? ROOT_CONTEXT)?.spanId).toBe('b7ad6b7169203331');
    expect(place).toMatchObject({ window: { start: '1', end: '2' }, hasOwnSpan: false });
  });

  it('is undefined if its children would be lost or in another trace', () => {
    expect(enginePlace(unrecorded, placeIn(traceId))).toBeUndefined();
    expect(enginePlace(recorded, placeIn('4bf92f3577b34da6a3ce929d0e0e4736'))).toBeUndefined();
    expect(enginePlace({}, placeIn(traceId))).toBeUndefined();
  });
});
