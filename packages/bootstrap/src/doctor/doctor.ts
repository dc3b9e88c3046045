import { AlwaysOnSampler, BasicTracerProvider, type ReadableSpan } from '@opentelemetry/sdk-trace-base';
import type { TracingConfig } from '@planscope/config';
import { ATTR_SPAN_KIND, ATTR_TIMING_BASIS, SPAN_PROBE } from '@planscope/semconv';
import packageJson from '../../package.json' with { type: 'json' };
import { createConsoleExporter } from '../console/console-exporter.ts';
import { createResource } from '../create-resource.ts';
import type { TraceExporter } from '../exporter/trace-exporter.ts';
import { createOtlpFileExporter } from '../file/otlp-file-exporter.ts';
import { createLogLineExporter } from '../log-lines/log-line-exporter.ts';
import { otlpExporterFromConfig } from '../otlp/otlp-exporter-from-config.ts';
import { checkConfig, checkEndpoint } from './check-config.ts';
import { checkProcess } from './check-process.ts';
import type { DoctorReport } from './finding.ts';
import { type Finding, ok, problem } from './finding.ts';

/** Options of `doctor`. */
export interface DoctorOptions {
  /** Longest wait for the receiver's answer, in milliseconds; default 5,000. */
  readonly timeoutMillis?: number;
  /** Directory from which the program resolves its packages; default the working directory. */
  readonly programDirectory?: string;
}

/**
 * Says in plain words whether spans would arrive with a configuration: checks the configuration, the process and the
 * trace file, and sends one test span to the OTLP receiver. It registers nothing and never rejects.
 */
export async function doctor(config: TracingConfig, options: DoctorOptions = {}): Promise<DoctorReport> {
  const { timeoutMillis = 5_000, programDirectory = process.cwd() } = options;
  const findings = [...checkConfig(config), ...checkProcess(programDirectory)];
  for (const exporter of config.exporters) {
    findings.push(...(await checkExporter(exporter, config, timeoutMillis)));
  }
  return { healthy: findings.every(({ verdict }) => verdict !== 'problem'), findings };
}

async function checkExporter(
  exporter: TracingConfig['exporters'][number],
  config: TracingConfig,
  timeoutMillis: number,
): Promise<Finding[]> {
  try {
    if (exporter === 'file') return [checkWritable(createOtlpFileExporter(config.file, () => {}))];
    if (exporter === 'console') return [checkWritable(createConsoleExporter(() => {}))];
    if (exporter === 'log') return [checkWritable(createLogLineExporter(config.log, () => {}))];
    return [...checkEndpoint(config.otlp), await sendProbe(config, timeoutMillis)];
  } catch (error) {
    return [problem('exporter-refused', exporter, error instanceof Error ? error.message : String(error))];
  }
}

/** The exporter's constructor has already tried to open the file. */
function checkWritable({ name, destination }: TraceExporter): Finding {
  return ok(name, `${destination} can be written`);
}

async function sendProbe(config: TracingConfig, timeoutMillis: number): Promise<Finding> {
  const problems: string[] = [];
  const abort = new AbortController();
  const exporter = otlpExporterFromConfig({ ...config, otlp: { ...config.otlp, timeoutMillis } }, (text) => {
    problems.push(text);
    // The first answer is the result, so there is no retry.
    abort.abort();
  });
  const started = performance.now();
  try {
    const span = probeSpan(config);
    const { exported } = await exporter.deliver([span], { signal: abort.signal, mayHaveArrived: false });
    const millis = Math.round(performance.now() - started);
    const [said] = problems;
    if (exported === 1 && said === undefined) {
      const { traceId } = span.spanContext();
      return ok('otlp', `${exporter.destination} took a test span in ${millis} ms; its trace id is ${traceId}`);
    }
    return problem('span-not-delivered', 'otlp', `${exporter.destination}: ${said ?? 'the test span did not arrive'}`);
  } finally {
    exporter.close();
  }
}

/** A finished test span with the resource of the configuration; it bypasses the pipeline. */
function probeSpan(config: TracingConfig): ReadableSpan {
  const ended: ReadableSpan[] = [];
  const provider = new BasicTracerProvider({
    sampler: new AlwaysOnSampler(),
    resource: createResource(config),
    spanProcessors: [
      {
        onStart() {},
        onEnd: (span) => void ended.push(span),
        forceFlush: async () => {},
        shutdown: async () => {},
      },
    ],
  });
  provider
    .getTracer(packageJson.name, packageJson.version)
    .startSpan(SPAN_PROBE, {
      root: true,
      attributes: { [ATTR_SPAN_KIND]: 'probe', [ATTR_TIMING_BASIS]: 'measured' },
    })
    .end();
  const [span] = ended;
  if (span === undefined) throw new Error('the probe was not recorded: tracing is suppressed in this context');
  return span;
}
