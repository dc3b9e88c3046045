import type { TracingConfig } from '@planscope/config';
import { BootstrapError } from './bootstrap-error.ts';
import { createConsoleExporter } from './console/console-exporter.ts';
import type { ReportProblem, TraceExporter } from './exporter/trace-exporter.ts';
import { createOtlpFileExporter } from './file/otlp-file-exporter.ts';
import { createLogLineExporter } from './log-lines/log-line-exporter.ts';
import { otlpExporterFromConfig } from './otlp/otlp-exporter-from-config.ts';

type ExporterName = TracingConfig['exporters'][number];

const exporters: Record<ExporterName, (config: TracingConfig, report: ReportProblem) => TraceExporter> = {
  otlp: otlpExporterFromConfig,
  file: (config, report) => createOtlpFileExporter(config.file, report),
  log: (config, report) => createLogLineExporter(config.log, report),
  console: (_config, report) => createConsoleExporter(report),
};

/**
 * The exporters that a configuration lists, each once.
 *
 * @param warn called with the first failure of each exporter, in plain words
 * @throws BootstrapError for an unknown exporter, or for one with an invalid configuration
 */
export function createExporters(config: TracingConfig, warn: (message: string) => void): TraceExporter[] {
  return [...new Set(config.exporters)].map((name) => {
    const create = Object.hasOwn(exporters, name) ? exporters[name] : undefined;
    if (create === undefined) {
      throw new BootstrapError(
        'unknown-exporter',
        `exporters: unknown exporter ${JSON.stringify(name)}; use ${Object.keys(exporters).join(', ')}`,
      );
    }
    return reportOnce(warn, (report) => create(config, report));
  });
}

function reportOnce(warn: (message: string) => void, create: (report: ReportProblem) => TraceExporter): TraceExporter {
  let reported = false;
  const exporter = create((problem) => {
    if (reported) return;
    reported = true;
    warn(
      `exporter ${exporter.name} (${exporter.destination}): ${problem}. Further failures are counted and summed up at shutdown.`,
    );
  });
  return exporter;
}
