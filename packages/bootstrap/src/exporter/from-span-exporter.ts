import { diag } from '@opentelemetry/api';
import { ExportResultCode } from '@opentelemetry/core';
import { BootstrapError } from '../bootstrap-error.ts';
import { claimed, type Delivery, inDoubt, type RemoteExporter, type ReportProblem } from './trace-exporter.ts';

/** A span exporter of the OpenTelemetry SDK, such as the `OTLPTraceExporter` of `@opentelemetry/exporter-trace-otlp-proto`. */
export interface SpanExporter {
  /**
   * Exports finished spans, each a `ReadableSpan` of the SDK, and calls back once; the code 0 is success, any other
   * failure.
   */
  export(spans: object[], resultCallback: (result: { readonly code: number; readonly error?: Error }) => void): void;
  /** Sends what the exporter still holds. */
  forceFlush?(): Promise<void>;
  /** Ends the exporter. */
  shutdown(): Promise<void>;
}

/**
 * A span exporter as a destination of the pipeline. It says only that a batch succeeded or failed. A success may be
 * a partial one, or follow an answer that says nothing, so its spans are unconfirmed. A failure may be an answer that
 * never came, so its spans are unknown.
 *
 * @param name under which its spans are counted
 * @param batchMillis longest wait for the result of a batch
 * @param report called with each failure
 */
export function fromSpanExporter(
  exporter: SpanExporter,
  { name, batchMillis }: { readonly name: string; readonly batchMillis: number },
  report: ReportProblem,
): RemoteExporter {
  /** Whether a promise of the exporter was kept. */
  async function isKept(what: 'forceFlush' | 'shutdown'): Promise<boolean> {
    try {
      await exporter[what]?.();
      return true;
    } catch (error) {
      report(`its ${what}() failed: ${describeError(error)}`);
      return false;
    }
  }

  return {
    kind: 'remote',
    name,
    destination: 'as set in the exporter',
    confirmedBy: 'exporter',
    deliver(spans, batch) {
      return new Promise<Delivery>((resolve) => {
        let isSettled = false;
        const settle = (delivery: Delivery, problem?: string): void => {
          isSettled = true;
          clearTimeout(timer);
          batch.signal.removeEventListener('abort', abandon);
          if (problem !== undefined) report(problem);
          resolve(delivery);
        };
        const abandon = (): void => settle(inDoubt(spans.length));
        const timer = setTimeout(() => {
          const advice = 'check its timeout against exportPolicy.exportTimeoutMillis';
          settle(inDoubt(spans.length), `no result of a batch within ${batchMillis} ms; ${advice}`);
        }, batchMillis).unref();
        batch.signal.addEventListener('abort', abandon);
        batch.mayHaveArrived = true;
        try {
          exporter.export(spans, (result) => {
            if (isSettled) {
              diag.debug(`[planscope/bootstrap] exporter ${name} called back for a batch that was already counted`);
            } else if (result?.code === ExportResultCode.SUCCESS) {
              settle(claimed(spans.length));
            } else {
              settle(inDoubt(spans.length), `a batch failed: ${describeError(result?.error)}`);
            }
          });
        } catch (error) {
          if (!isSettled) settle(inDoubt(spans.length), `its export() threw: ${describeError(error)}`);
        }
      });
    },
    flush: () => isKept('forceFlush'),
    close: async () => void (await isKept('shutdown')),
  };
}

/** The message of an error and its code, which is an HTTP or gRPC status with an OTLP exporter. */
function describeError(error: unknown): string {
  if (!(error instanceof Error)) return error === undefined ? 'no reason given' : String(error);
  const code = 'code' in error && error.code !== undefined ? ` (${String(error.code)})` : '';
  return `${error.message || error.name}${code}`;
}

/**
 * A name for an exporter in stats and metrics: the one of its class.
 *
 * @throws BootstrapError if it is no span exporter
 */
export function spanExporterName(exporter: SpanExporter, index: number): string {
  // A program in JavaScript can pass anything.
  const candidate: Partial<SpanExporter> | null | undefined = exporter;
  if (typeof candidate?.export !== 'function' || typeof candidate.shutdown !== 'function') {
    throw new BootstrapError(
      'invalid-span-exporter',
      `spanExporters[${index}]: should be an exporter with the methods export and shutdown, got ${typeof exporter}`,
    );
  }
  const { name } = exporter.constructor ?? {};
  return !name || name === 'Object' ? 'SpanExporter' : name;
}
