import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  type MetricData,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';

/** A meter provider of a test, which reads itself what was measured. */
export class RecordedMetrics {
  readonly #exporter = new InMemoryMetricExporter(AggregationTemporality.DELTA);
  readonly #reader = new PeriodicExportingMetricReader({ exporter: this.#exporter, exportIntervalMillis: 1_000_000 });
  readonly provider: MeterProvider = new MeterProvider({ readers: [this.#reader] });

  /** The metrics since the last call, with the name of the package that measured them. */
  async take(): Promise<(MetricData & { readonly scope: string })[]> {
    this.#exporter.reset();
    await this.#reader.forceFlush();
    return this.#exporter
      .getMetrics()
      .flatMap(({ scopeMetrics }) => scopeMetrics)
      .flatMap(({ scope, metrics }) => metrics.map((metric) => ({ ...metric, scope: scope.name })));
  }
}
