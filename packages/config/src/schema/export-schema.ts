import { z } from 'zod';
import { group } from './group.ts';

/** Longest delay a Node.js timer keeps; a longer one fires at once. */
const MAX_TIMER_MILLIS = 2 ** 31 - 1;

const timer = z.int().min(1).max(MAX_TIMER_MILLIS);

/** Which of the queries that a sampler keeps are exported. */
export const slowQueryFields = {
  /**
   * Of the queries that the sampler keeps, exports only those that took longer than this, failed or raised a
   * warning. Not set: all of them. In milliseconds.
   */
  thresholdMillis: z.int().min(1).max(MAX_TIMER_MILLIS).exactOptional(),
  /**
   * Most spans in memory of queries that are not decided yet; a query that finds no room is given up as a whole.
   */
  maxHeldSpans: z.int().min(1).default(20_000),
};

/** Which spans are exported, and how they are queued and sent. */
export const exportPolicyFields = {
  /** Which traces are kept when they begin, by the OpenTelemetry names of the samplers. */
  sampler: z
    .enum([
      'always_on',
      'always_off',
      'traceidratio',
      'parentbased_always_on',
      'parentbased_always_off',
      'parentbased_traceidratio',
    ])
    .default('parentbased_always_on'),
  /** Share of traces that a ratio sampler keeps, from 0 to 1; required with a ratio sampler, only used there. */
  samplerArgument: z.number().min(0).max(1).exactOptional(),
  /** Most finished spans waiting to be exported. */
  maxQueueSize: z.int().min(1).default(2048),
  /** Most spans in one export request; no more than maxQueueSize. */
  maxExportBatchSize: z.int().min(1).default(512),
  /** Longest wait before waiting spans are sent. In milliseconds. */
  scheduleDelayMillis: timer.default(5000),
  /** Longest time for one batch with all its retries; what the receiver asks to wait comes on top. In milliseconds. */
  exportTimeoutMillis: timer.default(30_000),
  slowQuery: group(slowQueryFields),
};

/** The file of OTLP JSON lines. */
export const fileFields = {
  /** File of OTLP JSON lines, one export request a line. */
  path: z.string().min(1).default('planscope-traces.jsonl'),
  /**
   * Size that the file does not grow beyond: it is then renamed to end in .1, an older one in .2, and so on. Not set:
   * it grows without end. A line is never split, so one that is larger has a file of its own.
   */
  maxBytes: z.int().min(1).exactOptional(),
  /** Most files that rotation keeps, the current one included; only used with maxBytes. */
  maxFiles: z.int().min(1).max(1000).default(5),
};

/** The log lines, one JSON object for each span. */
export const logFields = {
  /** File of log lines. Not set: they go to standard output. */
  path: z.string().min(1).exactOptional(),
};

const headerName = z
  .string()
  .toLowerCase()
  .regex(/^[!#$%&'*+.^_`|~0-9a-z-]+$/, 'is no name of a header');

/** Where spans go over the OpenTelemetry protocol. */
export const otlpFields = {
  /**
   * URL of the OTLP receiver. Over HTTP a URL without a path gets /v1/traces; with grpc the default is
   * http://127.0.0.1:4317.
   */
  endpoint: z
    .string()
    .regex(/^https?:\/\//i, 'does not start with http:// or https://')
    .refine((url) => URL.canParse(url), 'is no URL')
    .meta({ examples: ['http://127.0.0.1:4318/v1/traces'] })
    .default('http://127.0.0.1:4318/v1/traces'),
  /** Encoding and transport. */
  protocol: z.enum(['grpc', 'http/protobuf', 'http/json']).default('http/protobuf'),
  /** Headers of every export request, by lower-case name. Their values are treated as secrets. */
  headers: z.record(headerName, z.string().regex(/^[ -~]*$/, 'holds a character that no header may carry')).default({}),
  /**
   * Longest time for one export request; exportPolicy.exportTimeoutMillis bounds all tries of a batch. In milliseconds.
   */
  timeoutMillis: timer.default(10_000),
  /** Compression of export requests. */
  compression: z.enum(['none', 'gzip']).default('none'),
  /** Path of the PEM file of the trusted authorities. */
  certificateFile: z.string().min(1).exactOptional(),
  /** Path of the PEM file of the client's certificate. */
  clientCertificateFile: z.string().min(1).exactOptional(),
  /** Path of the PEM file of the client's private key. */
  clientKeyFile: z.string().min(1).exactOptional(),
};
