import type { ConfigProblem } from '../config-error.ts';
import { configField } from '../schema/config-fields.ts';
import { refuse } from './layer.ts';
import { originOf, type Settings } from './settings.ts';

/** Rules between fields; a rule does not run when one of its fields was refused. */
const rules: readonly {
  readonly paths: readonly string[];
  readonly settle: (settings: Settings) => ConfigProblem[];
}[] = [
  { paths: ['ruleMode'], settle: settleRulePhases },
  { paths: ['preview.redaction.mode', 'preview.redaction.columns'], settle: settleRedaction },
  { paths: ['otlp.endpoint', 'otlp.protocol'], settle: settleEndpoint },
  { paths: ['otlp.clientCertificateFile', 'otlp.clientKeyFile'], settle: checkClientCertificate },
  { paths: ['exportPolicy.sampler', 'exportPolicy.samplerArgument'], settle: settleSampler },
  { paths: ['exportPolicy.maxQueueSize', 'exportPolicy.maxExportBatchSize'], settle: checkQueue },
];

/** Fills in values that follow from other fields, and reports fields that contradict each other. */
export function settle(settings: Settings, refused: ReadonlySet<string>): ConfigProblem[] {
  return rules.flatMap((rule) => (rule.paths.some((path) => refused.has(path)) ? [] : rule.settle(settings)));
}

function settleRulePhases(settings: Settings): ConfigProblem[] {
  const mode = settings.of('ruleMode');
  for (const path of ['rulePhases.analyzer', 'rulePhases.logical', 'rulePhases.physical']) {
    if (settings.at(path) === undefined) settings.derive(path, mode.value, mode);
  }
  return [];
}

const DEFAULT_GRPC_ENDPOINT = 'http://127.0.0.1:4317';
const TRACES_PATH = '/v1/traces';

/** Adds the path or the port that the protocol requires to the endpoint. */
function settleEndpoint(settings: Settings): ConfigProblem[] {
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
  // The variable for every signal is a base URL; the one for traces is used unchanged, as OpenTelemetry requires.
  const isBase = endpoint.origin === 'OTEL_EXPORTER_OTLP_ENDPOINT';
  const isExact = endpoint.origin === 'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT';
  if (isBase || (!hasPath && !isExact)) {
    url.pathname = url.pathname.replace(/\/+$/, '') + TRACES_PATH;
    settings.derive(endpoint.path, url.href, endpoint);
  }
  return [];
}

/** Refuses a ratio without a ratio sampler, and the reverse: either would silently keep every trace. */
function settleSampler(settings: Settings): ConfigProblem[] {
  const sampler = settings.of('exportPolicy.sampler');
  const argument = settings.at('exportPolicy.samplerArgument');
  const takesRatio = String(sampler.value).endsWith('traceidratio');
  if (takesRatio && argument === undefined) {
    const { path, allowed } = configField('exportPolicy.samplerArgument');
    const reason = `is missing; the sampler ${sampler.value} needs a ratio`;
    return [refuse({ path }, undefined, originOf(sampler), allowed, reason)];
  }
  if (takesRatio || argument === undefined) return [];
  if (argument.rank < sampler.rank) {
    settings.drop(argument.path);
    return [];
  }
  const ratioSamplers = configField(sampler.path).allowed.filter((name) => name.endsWith('traceidratio'));
  const reason = `is a ratio, which the sampler ${sampler.value} (from ${originOf(sampler)}) does not take`;
  return [
    refuse(
      argument,
      argument.value,
      originOf(argument),
      ratioSamplers.map((name) => `${sampler.path} ${name}`),
      reason,
    ),
  ];
}

/** Refuses a batch larger than the queue: it would never fill. */
function checkQueue(settings: Settings): ConfigProblem[] {
  const queue = settings.of('exportPolicy.maxQueueSize');
  const batch = settings.of('exportPolicy.maxExportBatchSize');
  if (Number(batch.value) <= Number(queue.value)) return [];
  const [wrong, other, allowed] =
    batch.rank >= queue.rank
      ? [batch, queue, `integer from 1 to ${queue.value}`]
      : [queue, batch, `integer from ${batch.value} up`];
  const relation = wrong === batch ? 'is more than' : 'is less than';
  const reason = `${relation} ${other.path} ${other.value} (from ${originOf(other)})`;
  return [refuse(wrong, wrong.value, originOf(wrong), [allowed], reason)];
}

/** Refuses a client certificate without its key, and a key without its certificate. */
function checkClientCertificate(settings: Settings): ConfigProblem[] {
  const certificate = settings.at('otlp.clientCertificateFile');
  const key = settings.at('otlp.clientKeyFile');
  const only = certificate ?? key;
  if (only === undefined || (certificate !== undefined && key !== undefined)) return [];
  const missing = only === key ? 'otlp.clientCertificateFile' : 'otlp.clientKeyFile';
  const reason = `is missing; ${only.path} does nothing without it`;
  return [refuse({ path: missing }, undefined, originOf(only), configField(missing).allowed, reason)];
}

/** Columns that the default deny list hides; it cannot know every secret. */
const COMMON_SECRET_COLUMNS: readonly string[] = [
  'password',
  'passwd',
  'secret',
  'client_secret',
  'token',
  'access_token',
  'refresh_token',
  'api_key',
  'apikey',
  'authorization',
  'credential',
  'credentials',
  'private_key',
];

/** Fills in the default deny list. Refuses columns whose meaning a stronger source inverts by changing the mode. */
function settleRedaction(settings: Settings): ConfigProblem[] {
  const mode = settings.of('preview.redaction.mode');
  const columns = settings.of('preview.redaction.columns');
  if (columns.source === 'default') {
    if (mode.value === 'deny-list') settings.derive(columns.path, COMMON_SECRET_COLUMNS, columns);
    return [];
  }
  const meant = settings.at(mode.path, columns.rank)?.value;
  if (mode.value === 'none' || meant === mode.value) return [];
  const reason = `was written for ${meant}; as ${mode.value} (from ${originOf(mode)}) it would show what was to be hidden`;
  const allowed = ['columns from the source that sets the mode, or from a stronger one'];
  return [refuse(columns, columns.value, originOf(columns), allowed, reason)];
}
