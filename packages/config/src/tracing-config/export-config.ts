/** The OpenTelemetry names of the samplers. */
export type SamplerName =
  | 'always_on'
  | 'always_off'
  | 'traceidratio'
  | 'parentbased_always_on'
  | 'parentbased_always_off'
  | 'parentbased_traceidratio';

/** Which spans are exported, and how they are queued and sent. */
export interface ExportPolicyConfig {
  /** Which traces are kept when they begin, by the OpenTelemetry names of the samplers. */
  readonly sampler: SamplerName;
  /** Share of traces that a ratio sampler keeps, from 0 to 1; required with a ratio sampler, only used there. */
  readonly samplerArgument?: number;
  /** Most finished spans waiting to be exported. */
  readonly maxQueueSize: number;
  /** Most spans in one export request; no more than maxQueueSize. */
  readonly maxExportBatchSize: number;
  /** Longest wait before waiting spans are sent. In milliseconds. */
  readonly scheduleDelayMillis: number;
  /** Longest time for one batch with all its retries; what the receiver asks to wait comes on top. In milliseconds. */
  readonly exportTimeoutMillis: number;
  /** Exports slow, failed or warned queries only. */
  readonly slowQuery: SlowQueryConfig;
}

/** Which of the queries that a sampler keeps are exported. */
export interface SlowQueryConfig {
  /**
   * Of the queries that the sampler keeps, exports only those that took longer than this, failed or raised a warning.
   * Not set: all of them. In milliseconds.
   */
  readonly thresholdMillis?: number;
  /** Most spans in memory of queries that are not decided yet; a query that finds no room is given up as a whole. */
  readonly maxHeldSpans: number;
}

/** Where spans go over the OpenTelemetry protocol. */
export interface OtlpConfig {
  /**
   * URL of the OTLP receiver. Over HTTP a URL without a path gets /v1/traces; with grpc the default is
   * http://127.0.0.1:4317.
   */
  readonly endpoint: string;
  /** Encoding and transport. */
  readonly protocol: 'grpc' | 'http/protobuf' | 'http/json';
  /** Headers of every export request, by lower-case name. Their values are treated as secrets. */
  readonly headers: Readonly<Record<string, string>>;
  /**
   * Longest time for one export request; exportPolicy.exportTimeoutMillis bounds all tries of a batch. In milliseconds.
   */
  readonly timeoutMillis: number;
  /** Compression of export requests. */
  readonly compression: 'none' | 'gzip';
  /** Path of the PEM file of the trusted authorities. */
  readonly certificateFile?: string;
  /** Path of the PEM file of the client's certificate. */
  readonly clientCertificateFile?: string;
  /** Path of the PEM file of the client's private key. */
  readonly clientKeyFile?: string;
}

/** The file of OTLP JSON lines. */
export interface FileConfig {
  /** File of OTLP JSON lines, one export request a line. */
  readonly path: string;
  /**
   * Size that the file does not grow beyond: it is then renamed to end in .1, an older one in .2, and so on. Not set:
   * it grows without end. A line is never split, so one that is larger has a file of its own.
   */
  readonly maxBytes?: number;
  /** Most files that rotation keeps, the current one included; only used with maxBytes. */
  readonly maxFiles: number;
}

/** The log lines, one JSON object for each span. */
export interface LogConfig {
  /** File of log lines. Not set: they go to standard output. */
  readonly path?: string;
}
