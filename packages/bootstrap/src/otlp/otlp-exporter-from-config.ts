import { validateHeaderName, validateHeaderValue } from 'node:http';
import type { TracingConfig } from '@planscope/config';
import packageJson from '../../package.json' with { type: 'json' };
import { BootstrapError } from '../bootstrap-error.ts';
import type { RemoteExporter, ReportProblem } from '../exporter/trace-exporter.ts';
import { createGrpcTransport } from './grpc-transport.ts';
import { createHttpTransport } from './http-transport.ts';
import { jsonEncoding, type OtlpEncoding, protobufEncoding } from './otlp-encoding.ts';
import { createOtlpExporter } from './otlp-exporter.ts';
import type { OtlpTransport } from './otlp-transport.ts';
import { readTlsFiles } from './read-tls-files.ts';
import { resolveEndpoint } from './resolve-endpoint.ts';

const encodings: Record<TracingConfig['otlp']['protocol'], OtlpEncoding> = {
  grpc: protobufEncoding,
  'http/protobuf': protobufEncoding,
  'http/json': jsonEncoding,
};

/**
 * The OTLP exporter that a configuration describes; it reads no environment variable, the configuration has done that.
 *
 * @param report told of each failed try
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
      // The value is a secret, and so is the text of an error that may repeat it.
      throw new BootstrapError('invalid-header', `otlp.headers: ${JSON.stringify(name)} is no valid HTTP header`, {
        cause,
      });
    }
  }
  return { 'user-agent': `${packageJson.name}/${packageJson.version}`, ...otlp.headers };
}
