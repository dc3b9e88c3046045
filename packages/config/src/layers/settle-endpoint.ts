import type { ConfigProblem } from '../config-error.ts';
import { refuse } from './layer.ts';
import { originOf, type Settings } from './settings.ts';

const DEFAULT_GRPC_ENDPOINT = 'http://127.0.0.1:4317';
const TRACES_PATH = '/v1/traces';

/** Gives the endpoint the path, or the port, that its protocol asks for. */
export function settleEndpoint(settings: Settings): ConfigProblem[] {
  const endpoint = settings.of('otlp.endpoint');
  const grpc = settings.of('otlp.protocol').value === 'grpc';
  if (endpoint.source === 'default') {
    if (grpc) settings.derive(endpoint.path, DEFAULT_GRPC_ENDPOINT, endpoint);
    return [];
  }
  const url = new URL(String(endpoint.value));
  const hasPath = url.pathname !== '/';
  if (grpc) {
    if (!hasPath) return [];
    const reason = 'has a path, which grpc does not use';
    return [refuse(endpoint, endpoint.value, originOf(endpoint), [`${url.protocol}//${url.host}`], reason)];
  }
  // The variable for every signal is a base; the one for traces is taken as it is, as OpenTelemetry asks for.
  const isBase = endpoint.origin === 'OTEL_EXPORTER_OTLP_ENDPOINT';
  const isExact = endpoint.origin === 'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT';
  if (isBase || (!hasPath && !isExact)) {
    url.pathname = url.pathname.replace(/\/+$/, '') + TRACES_PATH;
    settings.derive(endpoint.path, url.href, endpoint);
  }
  return [];
}
