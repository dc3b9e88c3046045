import type { ConfigProblem } from '../config-error.ts';
import { type Checked, checkValue } from '../layers/check-value.ts';
import { type Layer, refuse, type SetValue } from '../layers/layer.ts';
import { type ConfigField, configField } from '../schema/config-fields.ts';
import { otelVariables } from './otel-variables.ts';
import { parsePairs } from './parse-pairs.ts';
import { readVariable } from './read-variable.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** What the `OTEL_*` variables that apply to traces set; an empty variable counts as unset. */
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

  /** gRPC endpoints may come without a scheme; another variable then says which one is meant. */
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

/** Only `true` says anything: `false` is the default of a variable that knows nothing of presets. */
function disabled(field: ConfigField, text: string, name: string): Checked {
  const { values, problems } = readVariable(field, text, name);
  return {
    values: values.filter(({ value }) => value === true).map((entry) => ({ ...entry, value: false })),
    problems,
  };
}

/** The name of the service may stand among the attributes; its own variable is read later and so is stronger. */
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

/** A ratio alone also chooses the sampler; beside one that was chosen it is only the argument. */
function samplerRatio(field: ConfigField, text: string, name: string, sampler: string | undefined): Checked {
  const { values, problems } = readVariable(field, text, name);
  if (values.length === 0 || sampler?.trim()) return { values, problems };
  return {
    values: [{ path: 'exportPolicy.sampler', value: 'parentbased_traceidratio', origin: name }, ...values],
    problems,
  };
}
