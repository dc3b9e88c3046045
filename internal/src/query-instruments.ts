import { createNoopMeter, type Histogram, type Meter, type MeterProvider, metrics } from '@opentelemetry/api';
import {
  DB_OPERATION_DURATION_BUCKETS,
  METRIC_DB_OPERATION_DURATION,
  type MetricDefinition,
  sharedMetrics,
} from '@planscope/semconv';

const noMeter = createNoopMeter();

/**
 * Makes the instruments of a package once for each meter provider.
 *
 * @param manifest the `package.json` of the package; its name and version are the scope of every measurement
 * @returns the instruments of a provider, by default of the one that is registered now; undefined if nothing is recorded,
 * as without an SDK
 */
export function instrumentsOf<Instruments>(
  manifest: { readonly name: string; readonly version: string },
  make: (meter: Meter) => Instruments,
): (provider?: MeterProvider) => Instruments | undefined {
  const known = new WeakMap<MeterProvider, { readonly instruments: Instruments | undefined }>();
  return (provider = metrics.getMeterProvider()) => {
    let found = known.get(provider);
    if (found === undefined) {
      const meter = provider.getMeter(manifest.name, manifest.version);
      found = { instruments: meter === noMeter ? undefined : make(meter) };
      known.set(provider, found);
    }
    return found.instruments;
  };
}

/** The histogram of the durations of operations, the same in all packages. */
export function operationDuration(meter: Meter): Histogram {
  return durationHistogram(meter, definitionOf(METRIC_DB_OPERATION_DURATION));
}

/** A histogram with the buckets of the durations of operations. */
export function durationHistogram(meter: Meter, { name, unit, meaning }: MetricDefinition): Histogram {
  const advice = { explicitBucketBoundaries: [...DB_OPERATION_DURATION_BUCKETS] };
  return meter.createHistogram(name, { unit, description: meaning, advice });
}

function definitionOf(name: string): MetricDefinition {
  const definition = sharedMetrics.find((metric) => metric.name === name);
  if (definition === undefined) throw new Error(`[planscope] metric "${name}" is not registered`);
  return definition;
}
