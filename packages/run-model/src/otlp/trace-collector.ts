import type { Run } from '../run.ts';
import { runsOfTrace } from '../spans/runs-from-spans.ts';
import { type CollectedTrace, OpenTraces } from './open-traces.ts';
import { spansFromOtlpJson } from './otlp-json.ts';
import { spansFromOtlpProtobuf } from './otlp-protobuf.ts';
import { checkedLimits, parsedJson, type ReadRunsOptions } from './read-runs.ts';

/** Collects the spans of export requests, as a receiver gets them, until their traces are complete. */
export class TraceCollector {
  readonly #traces: OpenTraces;
  readonly #onIssue: NonNullable<ReadRunsOptions['onIssue']>;
  #requests = 0;

  /**
   * @param options as for `readRuns`, with requests in place of lines
   * @throws RunModelError `invalid-option` for a limit that is not a whole number from 1 up
   */
  constructor({ onIssue = () => {}, ...limits }: ReadRunsOptions = {}) {
    this.#traces = new OpenTraces(checkedLimits(limits));
    this.#onIssue = onIssue;
  }

  /**
   * Adds an export request.
   *
   * @param request OTLP/JSON as text, or protobuf as bytes, uncompressed
   * @returns the runs of the traces that are now complete, as `readRuns` decides it
   * @throws RunModelError `invalid-otlp` if the request cannot be read; it then adds nothing
   */
  add(request: string | Uint8Array): Run[] {
    const refuse = (message: string): void => this.#onIssue({ code: 'invalid-span', message });
    const spans =
      typeof request === 'string'
        ? spansFromOtlpJson(parsedJson(request), refuse)
        : spansFromOtlpProtobuf(request, refuse);
    this.#requests += 1;
    this.#traces.add(spans, this.#requests);
    return runsOf([...this.#traces.takeComplete(this.#requests), ...this.#traces.takeExcess()]);
  }

  /** Returns the runs of all other traces, complete or not, and forgets them. */
  takeAll(): Run[] {
    return runsOf([...this.#traces.takeAll()]);
  }
}

function runsOf(traces: readonly CollectedTrace[]): Run[] {
  return traces.flatMap(({ spans, gaps }) => runsOfTrace(spans, { gaps }));
}
