/** One OpenTelemetry variable and the field it sets. */
export interface OtelVariable {
  readonly name: string;
  readonly path: string;
}

/**
 * The OpenTelemetry variables that mean the same as one field; a later one is stronger.
 * Those that need more than that are read in `read-otel-environment.ts`.
 */
export const otelVariables: readonly OtelVariable[] = [
  { name: 'OTEL_SERVICE_NAME', path: 'serviceName' },
  { name: 'OTEL_TRACES_EXPORTER', path: 'exporters' },
  { name: 'OTEL_TRACES_SAMPLER', path: 'exportPolicy.sampler' },
  { name: 'OTEL_TRACES_SAMPLER_ARG', path: 'exportPolicy.samplerArgument' },
  { name: 'OTEL_BSP_MAX_QUEUE_SIZE', path: 'exportPolicy.maxQueueSize' },
  { name: 'OTEL_BSP_MAX_EXPORT_BATCH_SIZE', path: 'exportPolicy.maxExportBatchSize' },
  { name: 'OTEL_BSP_SCHEDULE_DELAY', path: 'exportPolicy.scheduleDelayMillis' },
  { name: 'OTEL_BSP_EXPORT_TIMEOUT', path: 'exportPolicy.exportTimeoutMillis' },
  { name: 'OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT', path: 'maxAttributeBytes' },
  { name: 'OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT', path: 'maxAttributeBytes' },
  { name: 'OTEL_ATTRIBUTE_COUNT_LIMIT', path: 'spanLimits.attributeCount' },
  { name: 'OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT', path: 'spanLimits.attributeCount' },
  { name: 'OTEL_SPAN_EVENT_COUNT_LIMIT', path: 'spanLimits.eventCount' },
  { name: 'OTEL_SPAN_LINK_COUNT_LIMIT', path: 'spanLimits.linkCount' },
  { name: 'OTEL_EVENT_ATTRIBUTE_COUNT_LIMIT', path: 'spanLimits.attributePerEventCount' },
  { name: 'OTEL_LINK_ATTRIBUTE_COUNT_LIMIT', path: 'spanLimits.attributePerLinkCount' },
  ...otlp('ENDPOINT', 'otlp.endpoint'),
  ...otlp('PROTOCOL', 'otlp.protocol'),
  ...otlp('HEADERS', 'otlp.headers'),
  ...otlp('TIMEOUT', 'otlp.timeoutMillis'),
  ...otlp('COMPRESSION', 'otlp.compression'),
  ...otlp('CERTIFICATE', 'otlp.certificateFile'),
  ...otlp('CLIENT_CERTIFICATE', 'otlp.clientCertificateFile'),
  ...otlp('CLIENT_KEY', 'otlp.clientKeyFile'),
];

/** The variable for every signal, and the one for traces, which is stronger. */
function otlp(suffix: string, path: string): OtelVariable[] {
  return [
    { name: `OTEL_EXPORTER_OTLP_${suffix}`, path },
    { name: `OTEL_EXPORTER_OTLP_TRACES_${suffix}`, path },
  ];
}
