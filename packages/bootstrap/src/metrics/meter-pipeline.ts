import type { BatchObservableCallback, MeterProvider, MetricOptions } from '@opentelemetry/api';
import {
  ATTR_DROP_REASON,
  ATTR_EXPORTER_NAME,
  METRIC_PIPELINE_SPANS_DROPPED,
  METRIC_PIPELINE_SPANS_EXPORTED,
  METRIC_PIPELINE_SPANS_MADE,
  METRIC_PIPELINE_SPANS_PENDING,
  METRIC_PIPELINE_SPANS_UNCONFIRMED,
  METRIC_PIPELINE_SPANS_UNKNOWN,
} from '@planscope/semconv';
import packageJson from '../../package.json' with { type: 'json' };
import type { DropReason } from '../exporter/trace-exporter.ts';
import type { ExporterStats } from '../queue/delivery-ledger.ts';

type Read = () => readonly ExporterStats[];

const unit: MetricOptions = { unit: '{span}' };

/**
 * Counts what happened to the spans at each collection of metrics, so that ending a span costs nothing extra.
 *
 * @returns counts once more what happened since the last collection, then stops
 */
export function meterPipeline(meterProvider: MeterProvider, read: Read): () => void {
  const meter = meterProvider.getMeter(packageJson.name, packageJson.version);
  const pending = meter.createObservableGauge(METRIC_PIPELINE_SPANS_PENDING, unit);
  // The counters are not observable ones: those would lose at shutdown what was not yet collected, and start from zero
  // with the next pipeline.
  const counters = {
    made: meter.createCounter(METRIC_PIPELINE_SPANS_MADE, unit),
    exported: meter.createCounter(METRIC_PIPELINE_SPANS_EXPORTED, unit),
    unconfirmed: meter.createCounter(METRIC_PIPELINE_SPANS_UNCONFIRMED, unit),
    unknown: meter.createCounter(METRIC_PIPELINE_SPANS_UNKNOWN, unit),
  };
  const dropped = meter.createCounter(METRIC_PIPELINE_SPANS_DROPPED, unit);
  const counted = new Map<string, ExporterStats>();

  function count(stats: ExporterStats): void {
    const attributes = { [ATTR_EXPORTER_NAME]: stats.exporter };
    const before = counted.get(stats.exporter);
    for (const field of ['made', 'exported', 'unconfirmed', 'unknown'] as const) {
      const spans = stats[field] - (before?.[field] ?? 0);
      if (spans > 0) counters[field].add(spans, attributes);
    }
    for (const [reason, total] of Object.entries(stats.droppedByReason)) {
      const spans = total - (before?.droppedByReason[reason as DropReason] ?? 0);
      if (spans > 0) dropped.add(spans, { ...attributes, [ATTR_DROP_REASON]: reason });
    }
    counted.set(stats.exporter, stats);
  }

  const collect: BatchObservableCallback = (result) => {
    for (const stats of read()) {
      count(stats);
      result.observe(pending, stats.pending, { [ATTR_EXPORTER_NAME]: stats.exporter });
    }
  };
  meter.addBatchObservableCallback(collect, [pending]);
  return () => {
    meter.removeBatchObservableCallback(collect, [pending]);
    read().forEach(count);
  };
}
