import type { Attributes } from '@opentelemetry/api';
import { ATTR_SERVER_ADDRESS, ATTR_SERVER_PORT } from '@planscope/semconv';

/** Where a coordinator is, by the conventions. */
export function serverAttributes({ hostname, port, protocol }: URL): Attributes {
  const standard = protocol === 'https:' ? 443 : 80;
  return {
    [ATTR_SERVER_ADDRESS]: hostname.replace(/^\[|\]$/g, ''),
    [ATTR_SERVER_PORT]: port === '' ? standard : Number(port),
  };
}
