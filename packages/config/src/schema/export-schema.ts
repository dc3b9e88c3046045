import { z } from 'zod';

/** Longest delay a Node.js timer keeps; a longer one fires at once. */
const MAX_TIMER_MILLIS = 2 ** 31 - 1;

function timer(defaultMillis: number, meaning: string) {
  return z.int().min(1).max(MAX_TIMER_MILLIS).default(defaultMillis).describe(`${meaning} In milliseconds.`);
}

/** Which spans are exported, and how they are queued and sent. */
export const exportPolicySchema = z.strictObject({
  sampler: z
    .enum([
      'always_on',
      'always_off',
      'traceidratio',
      'parentbased_always_on',
      'parentbased_always_off',
      'parentbased_traceidratio',
    ])
    .default('parentbased_always_on')
    .describe('Which traces are kept when they begin, by the OpenTelemetry names of the samplers.'),
  samplerArgument: z
    .number()
    .min(0)
    .max(1)
    .exactOptional()
    .describe(
      'Share of traces that a ratio sampler keeps, from 0 to 1; required with a ratio sampler, only used there.',
    ),
  maxQueueSize: z.int().min(1).default(2048).describe('Most finished spans waiting to be exported.'),
  maxExportBatchSize: z
    .int()
    .min(1)
    .default(512)
    .describe('Most spans in one export request; no more than maxQueueSize.'),
  scheduleDelayMillis: timer(5000, 'Longest wait before waiting spans are sent.'),
  exportTimeoutMillis: timer(
    30_000,
    'Longest time for one batch with all its retries; what the receiver asks to wait comes on top.',
  ),
  slowQuery: z
    .strictObject({
      thresholdMillis: z
        .int()
        .min(1)
        .max(MAX_TIMER_MILLIS)
        .exactOptional()
        .describe(
          'Of the queries that the sampler keeps, exports only those that took longer than this, failed or raised a warning. Not set: all of them. In milliseconds.',
        ),
      maxHeldSpans: z
        .int()
        .min(1)
        .default(20_000)
        .describe(
          'Most spans in memory of queries that are not decided yet; a query that finds no room is given up as a whole.',
        ),
    })
    .prefault({}),
});

/** The file of OTLP JSON lines. */
export const fileSchema = z.strictObject({
  path: z
    .string()
    .min(1)
    .default('planscope-traces.jsonl')
    .describe('File of OTLP JSON lines, one export request a line.'),
  maxBytes: z
    .int()
    .min(1)
    .exactOptional()
    .describe(
      'Size that the file does not grow beyond: it is then renamed to end in .1, an older one in .2, and so on. Not set: it grows without end. A line is never split, so one that is larger has a file of its own.',
    ),
  maxFiles: z
    .int()
    .min(1)
    .max(1000)
    .default(5)
    .describe('Most files that rotation keeps, the current one included; only used with maxBytes.'),
});

/** The log lines, one JSON object for each span. */
export const logSchema = z.strictObject({
  path: z.string().min(1).exactOptional().describe('File of log lines. Not set: they go to standard output.'),
});

const headerName = z
  .string()
  .toLowerCase()
  .regex(/^[!#$%&'*+.^_`|~0-9a-z-]+$/, 'is no name of a header');

/** Where spans go over the OpenTelemetry protocol. */
export const otlpSchema = z.strictObject({
  endpoint: z
    .string()
    .regex(/^https?:\/\//i, 'does not start with http:// or https://')
    .refine((url) => URL.canParse(url), 'is no URL')
    .meta({ examples: ['http://127.0.0.1:4318/v1/traces'] })
    .default('http://127.0.0.1:4318/v1/traces')
    .describe(
      'URL of the OTLP receiver. Over HTTP a URL without a path gets /v1/traces; with grpc the default is http://127.0.0.1:4317.',
    ),
  protocol: z.enum(['grpc', 'http/protobuf', 'http/json']).default('http/protobuf').describe('Encoding and transport.'),
  headers: z
    .record(headerName, z.string().regex(/^[ -~]*$/, 'holds a character that no header may carry'))
    .default({})
    .describe('Headers of every export request, by lower-case name. Their values are treated as secrets.'),
  timeoutMillis: timer(
    10_000,
    'Longest time for one export request; exportPolicy.exportTimeoutMillis bounds all tries of a batch.',
  ),
  compression: z.enum(['none', 'gzip']).default('none').describe('Compression of export requests.'),
  certificateFile: z.string().min(1).exactOptional().describe('Path of the PEM file of the trusted authorities.'),
  clientCertificateFile: z
    .string()
    .min(1)
    .exactOptional()
    .describe("Path of the PEM file of the client's certificate."),
  clientKeyFile: z.string().min(1).exactOptional().describe("Path of the PEM file of the client's private key."),
});
