import type { ConfigProblem } from '../config-error.ts';
import type { Layer, SetValue } from '../layers/layer.ts';
import { editDistance } from '../nearest-name.ts';
import { configFields } from '../schema/config-fields.ts';
import { readVariable } from './read-variable.ts';

/** Names the configuration file; it sets no field. */
export const CONFIG_FILE_VARIABLE = 'PLANSCOPE_CONFIG';

/** Edit distance up to which an unknown variable counts as a typing error of a known one. */
const MAX_SLIP = 2;

/** Reads the `PLANSCOPE_*` variables, and lists those that set no field. */
export function readPlanscopeEnvironment(environment: Readonly<Record<string, string | undefined>>): {
  layer: Layer;
  unknownVariables: string[];
} {
  const values: SetValue[] = [];
  const problems: ConfigProblem[] = [];
  for (const field of configFields) {
    const text = environment[field.variable];
    if (text === undefined || text.trim() === '') continue;
    const checked = readVariable(field, text, field.variable);
    values.push(...checked.values);
    problems.push(...checked.problems);
  }
  const known = [...configFields.map(({ variable }) => variable), CONFIG_FILE_VARIABLE];
  const unknownVariables: string[] = [];
  for (const name of Object.keys(environment).sort()) {
    if (!name.startsWith('PLANSCOPE_') || known.includes(name)) continue;
    const meant = known.filter((candidate) => editDistance(name, candidate) <= MAX_SLIP);
    if (meant.length === 0) unknownVariables.push(name);
    else problems.push(misspelt(name, meant));
  }
  return { layer: { source: 'environment', values, problems }, unknownVariables };
}

function misspelt(name: string, meant: readonly string[]): ConfigProblem {
  const origin = `environment ${name}`;
  const message = `unknown variable ${name}; did you mean ${meant.join(' or ')}?`;
  return { field: name, value: undefined, allowed: meant, origin, message };
}
