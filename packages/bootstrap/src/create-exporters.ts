import type { TracingConfig } from '@planscope/config';
import { BootstrapError } from './bootstrap-error.ts';
import { createConsoleExporter } from './console/console-exporter.ts';
import { fromSpanExporter, type SpanExporter, spanExporterName } from './exporter/from-span-exporter.ts';
import type { ReportProblem, TraceExporter } from './exporter/trace-exporter.ts';
import { createOtlpFileExporter } from './file/otlp-file-exporter.ts';
import { createLogLineExporter } from './log-lines/log-line-exporter.ts';
import { otlpExporterFromConfig } from './otlp/otlp-exporter-from-config.ts';
import { createQueryLogExporter } from './query-log/query-log-exporter.ts';

type ExporterName = TracingConfig['exporters'][number];

type Warn = (message: string) => void;

const exporters: Record<ExporterName, (config: TracingConfig, report: ReportProblem, warn: Warn) => TraceExporter> = {
  otlp: otlpExporterFromConfig,
  file: (config, report) => createOtlpFileExporter(config.file, report),
  log: (config, report) => createLogLineExporter(config.log, report),
  console: (_config, report) => createConsoleExporter(report),
  'query-log': (config, _report, warn) => createQueryLogExporter(config, warn),
};

/**
 * The exporters that a configuration lists, and those of the program, each once and each with its own name.
 *
 * @param warn called with the first failure of each exporter, in plain words
 * @param spanExporters those of the program; default none
 * @throws BootstrapError for an unknown exporter, or for one with an invalid configuration
 */
export function createExporters(
  config: TracingConfig,
  warn: (message: string) => void,
  spanExporters: readonly SpanExporter[] = [],
): TraceExporter[] {
  const names = new Set<string>(config.exporters);
  // Checked before any file is opened.
  const own = [...new Set(spanExporters)].map((exporter, index) => {
    const name = uniqueName(spanExporterName(exporter, index), names);
    names.add(name);
    return { exporter, name };
  });
  const batchMillis = config.exportPolicy.exportTimeoutMillis;
  return [
    ...[...new Set(config.exporters)].map((name) => createConfigured(name, config, warn)),
    ...own.map(({ exporter, name }) =>
      reportOnce(warn, (report) => fromSpanExporter(exporter, { name, batchMillis }, report)),
    ),
  ];
}

function createConfigured(name: ExporterName, config: TracingConfig, warn: (message: string) => void): TraceExporter {
  const create = Object.hasOwn(exporters, name) ? exporters[name] : undefined;
  if (create === undefined) {
    throw new BootstrapError(
      'unknown-exporter',
      `exporters: unknown exporter ${JSON.stringify(name)}; use ${Object.keys(exporters).join(', ')}`,
    );
  }
  return reportOnce(warn, (report) => create(config, report, warn));
}

/** The name itself, or with the first number from 2 that no other exporter has: metrics go by name. */
function uniqueName(name: string, taken: ReadonlySet<string>): string {
  if (!taken.has(name)) return name;
  for (let number = 2; ; number += 1) {
    if (!taken.has(`${name} ${number}`)) return `${name} ${number}`;
  }
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
