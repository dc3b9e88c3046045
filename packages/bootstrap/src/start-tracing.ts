import { diag, type MeterProvider, metrics } from '@opentelemetry/api';
import type { TracingConfig } from '@planscope/config';
import { refuseConfigFile } from './config-file.ts';
import type { SpanExporter } from './exporter/from-span-exporter.ts';
import { explainOtherApi, inspectGlobalTracing } from './global/global-tracing.ts';
import { existingTracing } from './handle/existing-tracing.ts';
import { ownTracing } from './handle/own-tracing.ts';
import { offTracing, type TracingHandle, type TracingSettings } from './handle/tracing-handle.ts';

const DEADLINE_MILLIS = 5_000;

/** How the pipeline relates to the rest of the program. */
export interface TracingOptions {
  /**
   * `when-free`, the default: uses an SDK that is already registered; without one, this pipeline is
   * registered for the whole process. `never`: the pipeline is separate, and only the handle reaches it.
   */
  readonly register?: 'when-free' | 'never';
  /** Called with the first failure of each exporter, and once with what was lost; default: a line on stderr. */
  readonly warn?: (message: string) => void;
  /** Longest time of a flush or shutdown without a deadline, in milliseconds; default 5,000. */
  readonly deadlineMillis?: number;
  /**
   * Exporters of the OpenTelemetry SDK that get the spans too, each with its own queue; default none. They come in
   * addition to `exporters` of the configuration: an empty list there leaves only these. The pipeline shuts them down.
   */
  readonly spanExporters?: readonly SpanExporter[];
  /** Where the pipeline measures what happened to the spans; default the global one. */
  readonly meterProvider?: MeterProvider;
}

/**
 * Starts the tracing pipeline that a configuration describes.
 *
 * @throws BootstrapError for a configuration or an exporter that cannot work, or if `OTEL_CONFIG_FILE` asks for another
 *   configuration of the global pipeline; then nothing is registered
 */
export function startTracing(config: TracingConfig, options: TracingOptions = {}): TracingHandle {
  if (!config.enabled) return offTracing();
  const settings: TracingSettings = {
    deadlineMillis: options.deadlineMillis ?? DEADLINE_MILLIS,
    warn: createWarn(options.warn),
    spanExporters: options.spanExporters ?? [],
    meterProvider: options.meterProvider ?? metrics.getMeterProvider(),
  };
  if (options.register === 'never') return ownTracing(config, settings, false);
  const found = inspectGlobalTracing();
  if (found.kind === 'taken') return existingTracing(found.provider, config, settings);
  refuseConfigFile();
  if (found.kind === 'other-api') settings.warn(explainOtherApi(found.version));
  return ownTracing(config, settings, found.kind === 'free');
}

function createWarn(print = (line: string): void => void process.stderr.write(`${line}\n`)): TracingSettings['warn'] {
  return (message) => {
    try {
      print(`[planscope/bootstrap] ${message}`);
    } catch (error) {
      diag.warn('[planscope/bootstrap] the warn option failed', error);
    }
  };
}
