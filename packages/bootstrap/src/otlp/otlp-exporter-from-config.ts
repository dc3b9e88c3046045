import { readFileSync } from 'node:fs';
import { validateHeaderName, validateHeaderValue } from 'node:http';
import type { SecureContextOptions } from 'node:tls';
import type { TracingConfig } from '@planscope/config';
import packageJson from '../../package.json' with { type: 'json' };
import { BootstrapError } from '../bootstrap-error.ts';
import type { RemoteExporter, ReportProblem } from '../exporter/trace-exporter.ts';
import { createGrpcTransport } from './grpc-transport.ts';
import { createHttpTransport } from './http-transport.ts';
import { createOtlpExporter } from './otlp-exporter.ts';
import { jsonEncoding, type OtlpEncoding, type OtlpTransport, protobufEncoding } from './otlp-transport.ts';

const encodings: Record<TracingConfig['otlp']['protocol'], OtlpEncoding> = {
  grpc: protobufEncoding,
  'http/protobuf': protobufEncoding,
  'http/json': jsonEncoding,
};

/**
 * The OTLP exporter that a configuration describes. Reads no environment variables: the configuration includes them.
 *
 * @param report called with each failed attempt
 * @throws BootstrapError for an endpoint, protocol, header or certificate that cannot work
 */
export function otlpExporterFromConfig(
  { otlp, exportPolicy }: Pick<TracingConfig, 'otlp' | 'exportPolicy'>,
  report: ReportProblem,
): RemoteExporter {
  if (!Object.hasOwn(encodings, otlp.protocol)) {
    throw new BootstrapError(
      'unknown-protocol',
      `otlp.protocol: unknown protocol ${JSON.stringify(otlp.protocol)}; use one of ${Object.keys(encodings).join(', ')}`,
    );
  }
  const encoding = encodings[otlp.protocol];
  return createOtlpExporter(
    {
      protocol: otlp.protocol,
      transport: createTransport(otlp, encoding),
      encoding,
      compression: otlp.compression,
      requestMillis: otlp.timeoutMillis,
      batchMillis: exportPolicy.exportTimeoutMillis,
    },
    report,
  );
}

function createTransport(otlp: TracingConfig['otlp'], encoding: OtlpEncoding): OtlpTransport {
  const { compression } = otlp;
  const url = resolveEndpoint(otlp);
  const headers = requestHeaders(otlp);
  const tls = readTlsFiles(otlp);
  return otlp.protocol === 'grpc'
    ? createGrpcTransport({ url, headers, compression, tls })
    : createHttpTransport({ url, encoding, headers, compression, tls });
}

function requestHeaders(otlp: TracingConfig['otlp']): Record<string, string> {
  for (const [name, value] of Object.entries(otlp.headers)) {
    try {
      validateHeaderName(name);
      validateHeaderValue(name, value);
    } catch (cause) {
      // The value is a secret, and the error's text may repeat it.
      throw new BootstrapError('invalid-header', `otlp.headers: ${JSON.stringify(name)} is not a valid HTTP header`, {
        cause,
      });
    }
  }
  return { 'user-agent': `${packageJson.name}/${packageJson.version}`, ...otlp.headers };
}

const options = { certificateFile: 'ca', clientCertificateFile: 'cert', clientKeyFile: 'key' } as const;

/**
 * The certificates that a configuration names.
 *
 * @throws BootstrapError when a file cannot be read
 */
function readTlsFiles(otlp: Pick<TracingConfig['otlp'], keyof typeof options>): SecureContextOptions {
  const tls: SecureContextOptions = {};
  for (const field of Object.keys(options) as (keyof typeof options)[]) {
    const path = otlp[field];
    if (path === undefined) continue;
    try {
      tls[options[field]] = readFileSync(path);
    } catch (cause) {
      throw new BootstrapError(
        'unreadable-certificate',
        `otlp.${field}: cannot read ${JSON.stringify(path)}; name a PEM file this process may read`,
        { cause },
      );
    }
  }
  return tls;
}

/**
 * The URL that requests go to, unchanged: the configuration has already added the path.
 *
 * @throws BootstrapError when the endpoint is not an http or https URL
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
