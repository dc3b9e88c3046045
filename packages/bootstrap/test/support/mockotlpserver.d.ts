declare module '@elastic/mockotlpserver' {
  export interface NormalizedSpan {
    readonly traceId: string;
    readonly spanId: string;
    readonly parentSpanId?: string;
    readonly name: string;
    readonly attributes?: Readonly<Record<string, unknown>>;
    readonly startTimeUnixNano: string;
    readonly endTimeUnixNano: string;
  }

  export interface NormalizedTrace {
    readonly resourceSpans: readonly {
      readonly resource: { readonly attributes: Readonly<Record<string, unknown>> };
      readonly scopeSpans: readonly { readonly spans: readonly NormalizedSpan[] }[];
    }[];
  }

  export interface ReceivedRequest {
    readonly transport: string;
    readonly path: string;
    readonly headers: Readonly<Record<string, string>>;
    /** In place of headers where the transport is gRPC. */
    readonly metadata?: { getMap(): Readonly<Record<string, unknown>> };
  }

  export class MockOtlpServer {
    constructor(options: {
      readonly logLevel?: string;
      readonly services: readonly ('http' | 'grpc')[];
      readonly httpHostname?: string;
      readonly httpPort?: number;
      readonly grpcHostname?: string;
      readonly grpcPort?: number;
      readonly onTrace?: (trace: unknown) => void;
      readonly onRequest?: (request: ReceivedRequest) => void;
    });
    readonly httpUrl: URL;
    readonly grpcUrl: URL;
    start(): Promise<void>;
    close(): Promise<void>;
  }

  export function normalizeTrace(trace: unknown): NormalizedTrace;
}
