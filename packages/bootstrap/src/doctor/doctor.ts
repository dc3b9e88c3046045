import { AlwaysOnSampler, BasicTracerProvider, type ReadableSpan } from '@opentelemetry/sdk-trace-base';
import type { TracingConfig } from '@planscope/config';
import { ATTR_SPAN_KIND, ATTR_TIMING_BASIS, SPAN_PROBE } from '@planscope/semconv';
import packageJson from '../../package.json' with { type: 'json' };
import { createConsoleExporter } from '../console/console-exporter.ts';
import { createResource } from '../create-resource.ts';
import { fromSpanExporter, type SpanExporter, spanExporterName } from '../exporter/from-span-exporter.ts';
import type { RemoteExporter, ReportProblem, TraceExporter } from '../exporter/trace-exporter.ts';
import { createOtlpFileExporter } from '../file/otlp-file-exporter.ts';
import { LONGEST_TIMER_MILLIS } from '../in-time.ts';
import { createLogLineExporter } from '../log-lines/log-line-exporter.ts';
import { otlpExporterFromConfig } from '../otlp/otlp-exporter-from-config.ts';
import { createQueryLogExporter } from '../query-log/query-log-exporter.ts';
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
  /** What the program passes to `startTracing` as `spanExporters`; each gets a test span, and is not shut down. */
  readonly spanExporters?: readonly SpanExporter[];
}

/**
 * Says in plain words whether spans would arrive with a configuration: checks the configuration, the process and the
 * trace file, and sends one test span to the OTLP receiver. It registers nothing and never rejects.
 */
export async function doctor(config: TracingConfig, options: DoctorOptions = {}): Promise<DoctorReport> {
  const { timeoutMillis = 5_000, programDirectory = process.cwd(), spanExporters = [] } = options;
  const findings = [...checkConfig(config, spanExporters.length), ...checkProcess(programDirectory)];
  // No connection of an exporter keeps the process alive, and a program may wait for this alone.
  const alive = setInterval(() => {}, LONGEST_TIMER_MILLIS);
  try {
    for (const exporter of config.exporters) {
      findings.push(...(await checkExporter(exporter, config, timeoutMillis)));
    }
    for (const [index, exporter] of spanExporters.entries()) {
      findings.push(await checkSpanExporter(exporter, index, config, timeoutMillis));
    }
  } finally {
    clearInterval(alive);
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
    if (exporter === 'query-log') {
      const log = createQueryLogExporter(config, () => {});
      await log.close();
      return [checkWritable(log)];
    }
    const otlp = { ...config.otlp, timeoutMillis };
    const create = (report: ReportProblem) => otlpExporterFromConfig({ ...config, otlp }, report);
    return [...checkEndpoint(config.otlp), await sendProbe(config, create)];
  } catch (error) {
    return [problem('exporter-refused', exporter, error instanceof Error ? error.message : String(error))];
  }
}

async function checkSpanExporter(
  exporter: SpanExporter,
  index: number,
  config: TracingConfig,
  batchMillis: number,
): Promise<Finding> {
  try {
    const name = spanExporterName(exporter, index);
    // The program goes on to use the exporter.
    const create = (report: ReportProblem) => ({
      ...fromSpanExporter(exporter, { name, batchMillis }, report),
      close() {},
    });
    return await sendProbe(config, create);
  } catch (error) {
    return problem('exporter-refused', 'spanExporters', error instanceof Error ? error.message : String(error));
  }
}

/** The exporter's constructor has already tried to open the file. */
function checkWritable({ name, destination }: TraceExporter): Finding {
  return ok(name, `${destination} can be written`);
}

async function sendProbe(config: TracingConfig, create: (report: ReportProblem) => RemoteExporter): Promise<Finding> {
  const problems: string[] = [];
  const abort = new AbortController();
  const exporter = create((text) => {
    problems.push(text);
    // The first answer is the result, so there is no retry.
    abort.abort();
  });
  const { destination, transport } = exporter;
  const receiver = transport === undefined ? 'the exporter' : `${destination} (${transport})`;
  const started = performance.now();
  try {
    const span = probeSpan(config);
    const { exported, unconfirmed } = await exporter.deliver([span], { signal: abort.signal, mayHaveArrived: false });
    const millis = Math.round(performance.now() - started);
    const [said] = problems;
    if (exported + unconfirmed === 1 && said === undefined) {
      const { traceId } = span.spanContext();
      return ok(exporter.name, `${receiver} took a test span in ${millis} ms; its trace id is ${traceId}`);
    }
    return problem('span-not-delivered', exporter.name, `${receiver}: ${said ?? 'the test span did not arrive'}`);
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
