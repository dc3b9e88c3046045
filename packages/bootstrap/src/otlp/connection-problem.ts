import type { OtlpFailure } from './otlp-transport.ts';

/** Temporary faults, by error code. */
const passing: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there; start a collector or set otlp.endpoint',
  ENOTFOUND: 'the host name is unknown; check otlp.endpoint',
  EAI_AGAIN: 'the host name could not be looked up; check the name server',
  EHOSTUNREACH: 'the host cannot be reached; check otlp.endpoint and the network',
  ENETUNREACH: 'the network cannot be reached; check otlp.endpoint and the network',
  ECONNRESET: 'the connection was closed before an answer; check that the port speaks otlp.protocol',
  EPIPE: 'the connection was closed before an answer; check that the port speaks otlp.protocol',
};

/** Set-up faults: no request was understood, and a retry within a batch's time cannot help. */
const lasting: Readonly<Record<string, string>> = {
  EPROTO: 'it does not speak TLS; use http:// in otlp.endpoint or the TLS port',
  ERR_SSL_WRONG_VERSION_NUMBER: 'it does not speak TLS; use http:// in otlp.endpoint or the TLS port',
  ERR_SSL_PACKET_LENGTH_TOO_LONG: 'it does not speak TLS; use http:// in otlp.endpoint or the TLS port',
  HPE_INVALID_CONSTANT: 'it speaks HTTP/2, as gRPC does; set otlp.protocol to grpc, or use the HTTP port, often 4318',
  CERT_HAS_EXPIRED: 'its certificate has expired',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is signed by itself; name its authority in otlp.certificateFile',
  SELF_SIGNED_CERT_IN_CHAIN: 'its authority is not trusted; name it in otlp.certificateFile',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its authority is not trusted; name it in otlp.certificateFile',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'its authority is not trusted; name it in otlp.certificateFile',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another host name; check the host in otlp.endpoint',
};

/**
 * The failure behind an error of a connection.
 *
 * @param sent whether any of the request may have reached the receiver
 */
export function connectionFailure(error: Error, sent: boolean): OtlpFailure {
  const code = 'code' in error && typeof error.code === 'string' ? error.code : error.name;
  const isLasting = Object.hasOwn(lasting, code);
  return {
    accepted: false,
    reason: 'unreachable',
    retry: !isLasting,
    mayHaveArrived: sent && !isLasting,
    problem: `${lasting[code] ?? passing[code] ?? error.message} (${code})`,
  };
}

/** The failure of a gRPC request whose peer never answered in HTTP/2. */
export function notHttp2Failure(error: Error): OtlpFailure {
  return {
    ...connectionFailure(error, false),
    retry: false,
    problem:
      'it does not speak gRPC; set otlp.protocol to http/protobuf, or otlp.endpoint to the gRPC port, often 4317',
  };
}

/** The failure of a request that timed out. */
export function timeoutFailure(timeoutMillis: number, sent: boolean): OtlpFailure {
  return {
    accepted: false,
    reason: 'unreachable',
    retry: true,
    mayHaveArrived: sent,
    problem: `no answer within ${timeoutMillis} ms; check that the collector keeps up, or raise otlp.timeoutMillis`,
  };
}

/** The failure of a request that was cancelled because the pipeline ended. */
export function abortFailure(sent: boolean): OtlpFailure {
  return { accepted: false, reason: 'deadline', retry: false, mayHaveArrived: sent, problem: 'given up at shutdown' };
}
