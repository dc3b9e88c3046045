import type { Run } from '../run.ts';
import { RunModelError } from '../run-model-error.ts';
import { runsFromTraceSpans, runsOfTrace } from '../spans/runs-from-spans.ts';
import { splitLines, type TextChunks } from './line-splitter.ts';
import { type CollectedTrace, OpenTraces } from './open-traces.ts';
import { spansFromOtlpJson } from './otlp-json.ts';
import { spansFromOtlpProtobuf } from './otlp-protobuf.ts';

/** Something in a file of traces that could not be read, or not in one piece. Reading continues. */
export interface ReadIssue {
  /**
   * - `invalid-line`: not JSON, such as the last line of a program that was killed while it wrote.
   * - `line-too-long`: longer than `maxLineLength`.
   * - `invalid-span`: a span without valid ids or times.
   * - `trace-incomplete`: spans whose parents did not come until the end, or until the limits for open traces.
   * - `too-many-spans`: a trace with more than `maxSpansPerTrace`; the others were dropped.
   * - `late-spans`: spans of a trace that had been read; they are a run of their own.
   */
  readonly code:
    | 'invalid-line'
    | 'line-too-long'
    | 'invalid-span'
    | 'trace-incomplete'
    | 'too-many-spans'
    | 'late-spans';
  /** One sentence, without data of the trace. */
  readonly message: string;
  /** Name of the file, if it has one. */
  readonly file?: string;
  /** Number of the line from 1; absent if it is about a trace. */
  readonly line?: number;
  readonly traceId?: string;
}

/** Limits of a reader; together they bound its memory. */
export interface ReadRunsOptions {
  /** Called with each problem. Default: problems are ignored. */
  readonly onIssue?: (issue: ReadIssue) => void;
  /** Most traces that are held until they are complete. Default: 1,000. */
  readonly maxOpenTraces?: number;
  /** Most spans that are held until their traces are complete. Default: 60,000. */
  readonly maxOpenSpans?: number;
  /** Most spans of one trace; the others are dropped. Default: 50,000. */
  readonly maxSpansPerTrace?: number;
  /** Most UTF-16 code units of a line. Default: 64 Mi. */
  readonly maxLineLength?: number;
  /** How many lines without a span of a trace settle that it has no more. Default: 16. */
  readonly settleLines?: number;
  /** Whether runs have their raw spans, which are most of their size. Default: true. */
  readonly withSpans?: boolean;
}

/** One file of traces. */
export interface TraceFile {
  /** For issues. */
  readonly name?: string;
  readonly chunks: TextChunks;
}

/**
 * Reads the runs in OTLP/JSON with one export request a line, as the file exporter of `@planscope/bootstrap` and that of
 * the OpenTelemetry Collector write it. Lines of metrics and logs, and traces without Planscope spans, are skipped.
 *
 * The text is read as a stream, and a run is returned as soon as its trace is complete: it has a root, all parents are
 * there or in another process, and no span of it came in the last `settleLines` lines. The rest comes at the end, or
 * earlier, the least recent first, if more is open than the limits allow.
 *
 * @param chunks the text in pieces, for example a stream of `node:fs` or the body of a response
 * @throws RunModelError `invalid-option` for a limit that is not a whole number from 1 up
 * @throws the error of `chunks`
 */
export function readRuns(chunks: TextChunks, options: ReadRunsOptions = {}): AsyncGenerator<Run> {
  return readTraceFiles([{ chunks }], options);
}

/** Reads the runs in several files, one after the other, like {@link readRuns}. A trace may be spread over them. */
export async function* readTraceFiles(
  files: Iterable<TraceFile> | AsyncIterable<TraceFile>,
  options: ReadRunsOptions = {},
): AsyncGenerator<Run> {
  const { onIssue = () => {}, withSpans = true } = options;
  const { maxLineLength, ...limits } = checkedLimits(options);
  const traces = new OpenTraces(limits);
  const returned = new RecentTraces();
  let lines = 0;
  const runsOf = (trace: CollectedTrace): Run[] => {
    for (const issue of issuesOf(trace, returned.has(trace.traceId))) onIssue(issue);
    returned.add(trace.traceId);
    return runsOfTrace(trace.spans, { gaps: trace.gaps, withSpans });
  };
  for await (const { name, chunks } of files) {
    const place = name === undefined ? {} : { file: name };
    for await (const { number, text } of splitLines(chunks, maxLineLength)) {
      lines += 1;
      const report = (code: ReadIssue['code'], message: string): void =>
        onIssue({ code, message, ...place, line: number });
      if (text === undefined) report('line-too-long', `line ${number} has more than ${maxLineLength} characters`);
      else traces.add(spansOfLine(text, number, report), lines);
      for (const trace of traces.takeComplete(lines)) yield* runsOf(trace);
      for (const trace of traces.takeExcess()) yield* runsOf(trace);
    }
  }
  for (const trace of traces.takeAll()) yield* runsOf(trace);
}

/**
 * The runs in an OTLP/JSON export request.
 *
 * @param body the text of the request, or its parsed JSON
 * @throws RunModelError `invalid-otlp` if the text is not JSON
 */
export function runsFromOtlpJson(body: unknown, { onIssue = () => {} }: Pick<ReadRunsOptions, 'onIssue'> = {}): Run[] {
  return runsFromTraceSpans(
    spansFromOtlpJson(typeof body === 'string' ? parsedJson(body) : body, (message) =>
      onIssue({ code: 'invalid-span', message }),
    ),
  );
}

/**
 * The runs in an OTLP export request in protobuf, uncompressed.
 *
 * @throws RunModelError `invalid-otlp` if the bytes are truncated or are no protobuf
 */
export function runsFromOtlpProtobuf(
  body: Uint8Array,
  { onIssue = () => {} }: Pick<ReadRunsOptions, 'onIssue'> = {},
): Run[] {
  return runsFromTraceSpans(spansFromOtlpProtobuf(body, (message) => onIssue({ code: 'invalid-span', message })));
}

/** @throws RunModelError `invalid-otlp` */
export function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    // The message of JSON.parse quotes the text.
    throw new RunModelError('invalid-otlp', 'the request is not JSON; expected an OTLP export request', { cause });
  }
}

function spansOfLine(text: string, number: number, report: (code: ReadIssue['code'], message: string) => void) {
  if (text.trim() === '') return [];
  try {
    return spansFromOtlpJson(JSON.parse(text), (reason) => report('invalid-span', `line ${number}: ${reason}`));
  } catch {
    report('invalid-line', `line ${number} is not JSON; expected an OTLP export request`);
    return [];
  }
}

function* issuesOf({ traceId, isClosed, gaps }: CollectedTrace, isLate: boolean): Generator<ReadIssue> {
  if (!isClosed) {
    yield isLate
      ? { code: 'late-spans', message: `spans of trace ${traceId} came after it had been read`, traceId }
      : { code: 'trace-incomplete', message: `spans of trace ${traceId} have parents that did not come`, traceId };
  }
  for (const { count } of gaps) {
    yield { code: 'too-many-spans', message: `${count} spans of trace ${traceId} were dropped`, traceId };
  }
}

const DEFAULTS = {
  maxOpenTraces: 1_000,
  maxOpenSpans: 60_000,
  maxSpansPerTrace: 50_000,
  maxLineLength: 64 * 1024 * 1024,
  settleLines: 16,
};

/** @throws RunModelError `invalid-option` for a limit that is not a whole number from 1 up */
export function checkedLimits(options: ReadRunsOptions): Required<Omit<ReadRunsOptions, 'onIssue' | 'withSpans'>> {
  const limits = { ...DEFAULTS };
  for (const name of Object.keys(DEFAULTS) as (keyof typeof DEFAULTS)[]) {
    const value = options[name] ?? DEFAULTS[name];
    if (!Number.isSafeInteger(value) || value < 1) {
      throw new RunModelError('invalid-option', `option ${name} is ${value}; should be a whole number from 1 up`);
    }
    limits[name] = value;
  }
  return limits;
}

/** The traces that were returned last. */
class RecentTraces {
  readonly #ids = new Set<string>();

  has(traceId: string): boolean {
    return this.#ids.has(traceId);
  }

  add(traceId: string): void {
    this.#ids.add(traceId);
    for (const oldest of this.#ids) {
      if (this.#ids.size <= MAX_RECENT_TRACES) return;
      this.#ids.delete(oldest);
    }
  }
}

const MAX_RECENT_TRACES = 10_000;
