import type { TracingConfig } from '@planscope/config';
import { BootstrapError } from '../bootstrap-error.ts';

/** Path of the OTLP/HTTP service for traces. */
const TRACES_PATH = '/v1/traces';

/**
 * The URL that requests go to; over HTTP an endpoint without a path gets the usual one.
 *
 * @throws BootstrapError when the endpoint is no http or https URL
 */
export function resolveEndpoint({ endpoint, protocol }: Pick<TracingConfig['otlp'], 'endpoint' | 'protocol'>): URL {
  const url = URL.canParse(endpoint) ? new URL(endpoint) : undefined;
  if (url?.protocol !== 'http:' && url?.protocol !== 'https:') {
    throw new BootstrapError(
      'invalid_endpoint',
      `otlp.endpoint: should be a URL that starts with http:// or https://, such as http://127.0.0.1:${protocol === 'grpc' ? 4317 : `4318${TRACES_PATH}`}, got ${JSON.stringify(endpoint.replace(/[^/]*@/, '***@'))}`,
    );
  }
  if (protocol !== 'grpc' && url.pathname === '/') url.pathname = TRACES_PATH;
  return url;
}
