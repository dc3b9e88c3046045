import type { ConfigProblem } from '../config-error.ts';
import { type Checked, checkValue, type Layer, refuse, type SetValue } from '../layers/layer.ts';
import { type ConfigField, configField } from '../schema/config-fields.ts';
import { parsePairs, readVariable } from './read-variable.ts';

/** One OpenTelemetry variable and the field it sets. */
interface OtelVariable {
  readonly name: string;
  readonly path: string;
}

/**
 * The OpenTelemetry variables that map to one field without conversion; a later one is stronger.
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

type Environment = Readonly<Record<string, string | undefined>>;

/** Reads the `OTEL_*` variables that apply to traces; an empty variable counts as unset. */
export function readOtelEnvironment(environment: Environment): Layer {
  const values: SetValue[] = [];
  const problems: ConfigProblem[] = [];
  take('OTEL_SDK_DISABLED', 'enabled', disabled);
  take('OTEL_RESOURCE_ATTRIBUTES', 'resourceAttributes', resourceAttributes);
  take('OTEL_TRACES_SAMPLER_RATIO', 'exportPolicy.samplerArgument', (field, text, name) =>
    samplerRatio(field, text, name, environment.OTEL_TRACES_SAMPLER),
  );
  for (const { name, path } of otelVariables) {
    take(name, path, path === 'otlp.endpoint' ? endpoint : readVariable);
  }
  return { source: 'environment', values, problems };

  function take(name: string, path: string, read: typeof readVariable): void {
    const text = environment[name];
    if (text === undefined || text.trim() === '') return;
    const checked = read(configField(path), text, name);
    values.push(...checked.values);
    problems.push(...checked.problems);
  }

  /** gRPC endpoints may omit the scheme; another variable then sets it. */
  function endpoint(field: ConfigField, text: string, name: string): Checked {
    const names = ['OTEL_EXPORTER_OTLP_TRACES_INSECURE', 'OTEL_EXPORTER_OTLP_INSECURE'];
    const variable = names.find((key) => environment[key]?.trim());
    if (variable === undefined || text.includes('://')) return readVariable(field, text, name);
    const insecure = environment[variable]?.trim().toLowerCase();
    if (insecure === 'true') return readVariable(field, `http://${text.trim()}`, name);
    if (insecure === 'false') return readVariable(field, `https://${text.trim()}`, name);
    const problem = refuse(field, environment[variable], `environment ${variable}`, ['true', 'false']);
    return { values: [], problems: [problem] };
  }
}

/** Only `true` counts: `false` is the default of the variable and must not override a preset. */
function disabled(field: ConfigField, text: string, name: string): Checked {
  const { values, problems } = readVariable(field, text, name);
  return {
    values: values.filter(({ value }) => value === true).map((entry) => ({ ...entry, value: false })),
    problems,
  };
}

/** The attributes may include the service name; its own variable is read later and is stronger. */
function resourceAttributes(field: ConfigField, text: string, name: string): Checked {
  const pairs = parsePairs(text);
  if (pairs === undefined) return readVariable(field, text, name);
  const { 'service.name': serviceName, ...others } = pairs;
  const label = `environment ${name}`;
  const attributes = checkValue(field, others, label, name);
  if (serviceName === undefined) return attributes;
  const service = checkValue(configField('serviceName'), serviceName, label, name);
  return {
    values: [...attributes.values, ...service.values],
    problems: [...attributes.problems, ...service.problems],
  };
}

/** A ratio alone also selects the sampler; next to a selected sampler it is only the argument. */
function samplerRatio(field: ConfigField, text: string, name: string, sampler: string | undefined): Checked {
  const { values, problems } = readVariable(field, text, name);
  if (values.length === 0 || sampler?.trim()) return { values, problems };
  return {
    values: [{ path: 'exportPolicy.sampler', value: 'parentbased_traceidratio', origin: name }, ...values],
    problems,
  };
}
