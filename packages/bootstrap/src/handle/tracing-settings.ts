import type { MeterProvider } from '@opentelemetry/api';

/** What every kind of handle needs beside the configuration. */
export interface TracingSettings {
  /** Longest time of a flush or shutdown that is given no deadline. */
  readonly deadlineMillis: number;
  /** Tells the operator something, once; the package's name is put in front. */
  readonly warn: (message: string) => void;
  /** Where what became of the spans is measured. */
  readonly meterProvider: MeterProvider;
}
