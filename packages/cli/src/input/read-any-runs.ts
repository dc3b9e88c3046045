import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import {
  type ReadIssue,
  type ReadRunsOptions,
  RUN_VERSION,
  type Run,
  readRuns,
  runsFromOtlpJson,
  runsFromOtlpProtobuf,
} from '@planscope/run-model';

/** Receives what could not be read. */
export type IssueSink = (issue: Pick<ReadIssue, 'line' | 'message'>) => void;

/** Bytes that are looked at to recognize an input. */
const HEAD_BYTES = 256 * 1024;
/** Largest input that is not read line by line, in bytes. */
const MAX_DOCUMENT = 256 * 1024 * 1024;

/**
 * Reads the runs of anything that has some: lines of OTLP/JSON, an export request of OTLP in JSON or protobuf, runs as
 * JSON, a profile of DuckDB, each also compressed by gzip. Lines are read as a stream.
 */
export async function* readAnyRuns(
  input: AsyncIterable<Uint8Array>,
  onIssue: IssueSink,
  options: Pick<ReadRunsOptions, 'withSpans'> = {},
): AsyncGenerator<Run> {
  const { head, chunks } = await peek(input);
  if (head[0] === 0x1f && head[1] === 0x8b) {
    yield* readAnyRuns(Readable.from(chunks).pipe(createGunzip()), onIssue, options);
    return;
  }
  const kind = kindOf(head);
  if (kind === 'otlp-lines') yield* readRuns(chunks, { ...options, onIssue });
  else if (kind === 'run-lines') yield* runLines(chunks, onIssue);
  else yield* await runsOfDocument(await wholeOf(chunks), kind, onIssue);
}

type InputKind = 'otlp-lines' | 'run-lines' | 'json' | 'protobuf';

/** Recognizes an input by its first line that is JSON; without one, it is one document. */
function kindOf(head: Buffer): InputKind {
  const text = head.toString('utf8').trimStart();
  // The only field of an export request has the number 1 and a length.
  if (text !== '' && !/^[[{]/.test(text)) return head[0] === 0x0a ? 'protobuf' : 'otlp-lines';
  const lines = text.split('\n');
  const isWhole = head.length < HEAD_BYTES;
  const complete = isWhole ? lines : lines.slice(0, -1);
  for (const line of complete.slice(0, 20)) {
    const value = parsed(line);
    if (isRecord(value)) return isRun(value) ? 'run-lines' : 'resourceSpans' in value ? 'otlp-lines' : 'json';
  }
  // A line longer than what was looked at.
  return complete.length === 0 && text.startsWith('{"resourceSpans"') ? 'otlp-lines' : 'json';
}

async function* runLines(chunks: AsyncIterable<Uint8Array>, onIssue: IssueSink): AsyncGenerator<Run> {
  let number = 0;
  let rest = '';
  const decoder = new TextDecoder();
  const runOf = (line: string): Run[] => {
    number += 1;
    const value = parsed(line);
    if (isRun(value)) return [value];
    if (line.trim() !== '') onIssue({ line: number, message: `expected a run of version ${RUN_VERSION}` });
    return [];
  };
  for await (const chunk of chunks) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) yield* runOf(line);
  }
  if (rest !== '') yield* runOf(rest);
}

async function runsOfDocument(
  bytes: Buffer | undefined,
  kind: 'json' | 'protobuf',
  onIssue: IssueSink,
): Promise<readonly Run[]> {
  const refuse = (message: string): readonly Run[] => {
    onIssue({ message });
    return [];
  };
  if (bytes === undefined) return refuse(`a document may have at most ${MAX_DOCUMENT} bytes`);
  try {
    if (kind === 'protobuf') return runsFromOtlpProtobuf(bytes, { onIssue });
    const text = bytes.toString('utf8');
    const value = parsed(text);
    if (value === undefined) return refuse('it is neither JSON nor lines of JSON');
    if (Array.isArray(value)) return value.every(isRun) ? value : refuse('it is an array of something else than runs');
    if (isRun(value)) return [value];
    if (!isRecord(value)) return refuse('it is JSON of another kind');
    if (Array.isArray(value.runs) && value.runs.every(isRun)) return value.runs;
    if ('resourceSpans' in value) return runsFromOtlpJson(value, { onIssue });
    // The reader of profiles has the words of DuckDB, which traces do without.
    const { runOfProfile } = await import('./run-of-profile.ts');
    const run = runOfProfile(text);
    return typeof run === 'string' ? refuse(run) : [run];
  } catch (error) {
    if ((error as Error).name === 'RunModelError') return refuse((error as Error).message);
    throw error;
  }
}

function isRun(value: unknown): value is Run {
  return isRecord(value) && value.version === RUN_VERSION && 'identity' in value && Array.isArray(value.operators);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The first bytes of an input, and all of its chunks. */
async function peek(
  input: AsyncIterable<Uint8Array>,
): Promise<{ readonly head: Buffer; readonly chunks: AsyncIterable<Uint8Array> }> {
  const iterator = input[Symbol.asyncIterator]();
  const read: Uint8Array[] = [];
  let length = 0;
  while (length < HEAD_BYTES) {
    const { done, value } = await iterator.next();
    if (done === true) break;
    read.push(value);
    length += value.length;
  }
  async function* chunks(): AsyncGenerator<Uint8Array> {
    try {
      yield* read.splice(0);
      for (let step = await iterator.next(); step.done !== true; step = await iterator.next()) yield step.value;
    } finally {
      await iterator.return?.();
    }
  }
  return { head: Buffer.concat(read).subarray(0, HEAD_BYTES), chunks: chunks() };
}

/** All bytes of an input; undefined if there are too many. */
async function wholeOf(chunks: AsyncIterable<Uint8Array>): Promise<Buffer | undefined> {
  const read: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of chunks) {
    length += chunk.length;
    if (length > MAX_DOCUMENT) return undefined;
    read.push(chunk);
  }
  return Buffer.concat(read);
}
