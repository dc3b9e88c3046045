import type { TracingConfig } from '@planscope/config';
import { resolveEndpoint } from '../otlp/resolve-endpoint.ts';
import { type Finding, hint } from './finding.ts';

const SUBJECT = 'otlp.endpoint';

/**
 * What looks unusual about an endpoint that is valid.
 *
 * @throws BootstrapError when it is not
 */
export function checkEndpoint(otlp: TracingConfig['otlp']): Finding[] {
  const { port, pathname, protocol, hostname } = resolveEndpoint(otlp);
  const findings: Finding[] = [];
  if (otlp.protocol === 'grpc') {
    if (port === '4318')
      findings.push(hint('unusual-endpoint', SUBJECT, 'port 4318 is usually OTLP over HTTP; gRPC is usually at 4317'));
    if (pathname !== '/')
      findings.push(hint('unusual-endpoint', SUBJECT, `gRPC has a path of its own; ${pathname} is not used`));
  } else {
    if (port === '4317')
      findings.push(hint('unusual-endpoint', SUBJECT, 'port 4317 is usually gRPC; OTLP over HTTP is usually at 4318'));
    if (!pathname.endsWith('/v1/traces'))
      findings.push(hint('unusual-endpoint', SUBJECT, `${pathname} is not the usual path, /v1/traces`));
  }
  if (protocol === 'http:' && Object.keys(otlp.headers).length > 0 && !isLoopback(hostname)) {
    findings.push(hint('unencrypted-headers', SUBJECT, 'the headers travel without encryption; use https://'));
  }
  return findings;
}

function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || hostname.startsWith('127.');
}
