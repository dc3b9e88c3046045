import type { TracingConfig } from '@planscope/config';
import { BootstrapError } from '../bootstrap-error.ts';

/**
 * The URL that requests go to, as it is: the configuration has given it its path.
 *
 * @throws BootstrapError when the endpoint is no http or https URL
 */
export function resolveEndpoint({ endpoint, protocol }: Pick<TracingConfig['otlp'], 'endpoint' | 'protocol'>): URL {
  const url = URL.canParse(endpoint) ? new URL(endpoint) : undefined;
  if (url?.protocol !== 'http:' && url?.protocol !== 'https:') {
    throw new BootstrapError(
      'invalid-endpoint',
      `otlp.endpoint: should be a URL that starts with http:// or https://, such as http://127.0.0.1:${protocol === 'grpc' ? 4317 : '4318/v1/traces'}, got ${JSON.stringify(endpoint.replace(/[^/]*@/, '***@'))}`,
    );
  }
  return url;
}
