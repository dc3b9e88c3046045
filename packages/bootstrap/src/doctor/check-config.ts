import type { TracingConfig } from '@planscope/config';
import { resolveEndpoint } from '../otlp/otlp-exporter-from-config.ts';
import { type Finding, hint, ok, problem } from './finding.ts';

/**
 * Settings that are valid but keep spans from being made or sent.
 *
 * @param spanExporters number of exporters that the program adds
 */
export function checkConfig({ enabled, exporters, exportPolicy }: TracingConfig, spanExporters: number): Finding[] {
  return [
    ...(enabled
      ? []
      : [problem('tracing-off', 'enabled', 'tracing is switched off; set enabled to true or choose another preset')]),
    ...(exporters.length + spanExporters > 0
      ? []
      : [
          problem(
            'no-exporters',
            'exporters',
            'the list is empty, so spans go nowhere; add "otlp", "file", "log", "console" or "query-log"',
          ),
        ]),
    checkSampler(exportPolicy),
    ...checkSlowQuery(exportPolicy),
  ];
}

function checkSlowQuery({ slowQuery: { thresholdMillis } }: TracingConfig['exportPolicy']): Finding[] {
  if (thresholdMillis === undefined) return [];
  const kept = `took longer than ${thresholdMillis} ms, failed or raised a warning`;
  return [hint('slow-queries-only', 'exportPolicy.slowQuery', `only queries that ${kept} are exported`)];
}

function checkSampler({ sampler, samplerArgument }: TracingConfig['exportPolicy']): Finding {
  const subject = 'exportPolicy.sampler';
  if (sampler === 'always_off')
    return problem('nothing-sampled', subject, 'always_off drops every trace; use parentbased_always_on');
  if (sampler === 'parentbased_always_off') {
    return hint(
      'sampled-in-part',
      subject,
      'parentbased_always_off keeps only traces that a caller has already sampled',
    );
  }
  if (samplerArgument === 0)
    return problem('nothing-sampled', subject, `${sampler} with the ratio 0 drops every new trace`);
  if (samplerArgument !== undefined && samplerArgument < 1) {
    return hint(
      'sampled-in-part',
      subject,
      `${sampler} keeps ${Number((samplerArgument * 100).toPrecision(3))} % of new traces`,
    );
  }
  return ok(subject, `${sampler} keeps every new trace`);
}

const SUBJECT = 'otlp.endpoint';

/**
 * What is unusual about a valid endpoint.
 *
 * @throws BootstrapError when the endpoint is invalid
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
