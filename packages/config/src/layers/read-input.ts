import type { ConfigProblem } from '../config-error.ts';
import { nearestName } from '../nearest-name.ts';
import type { ConfigSource } from '../resolved-tracing.ts';
import { configFields, findField, namesUnder } from '../schema/config-fields.ts';
import { checkValue, isPlainObject, type Layer, refuse, type SetValue } from './layer.ts';

/**
 * Reads what a program, a file or a specification set; undefined means not set.
 *
 * @param name the file or preset it came from, if the source alone does not tell
 */
export function readInput(source: ConfigSource, input: unknown, name?: string): Layer {
  const label = name === undefined ? source : `${source} ${name}`;
  const values: SetValue[] = [];
  const problems: ConfigProblem[] = [];
  visit('', input);
  return { source, values, problems };

  function visit(path: string, value: unknown): void {
    if (value === undefined) return;
    const field = findField(path);
    if (field !== undefined) {
      const checked = checkValue(field, value, label, name);
      values.push(...checked.values);
      problems.push(...checked.problems);
      return;
    }
    const names = namesUnder(path) ?? [];
    if (!isPlainObject(value)) {
      problems.push(refuse({ path: path || 'configuration' }, value, label, [`object with ${names.join(', ')}`]));
      return;
    }
    for (const [key, entry] of Object.entries(value)) {
      const inner = path === '' ? key : `${path}.${key}`;
      if (names.includes(key)) visit(inner, entry);
      else problems.push(unknownField(inner, key, path, names, label));
    }
  }
}

/** The value is left out: it may be a secret under a mistyped name. */
function unknownField(
  field: string,
  key: string,
  group: string,
  names: readonly string[],
  origin: string,
): ConfigProblem {
  const nearest = nearestName(key, names);
  const elsewhere = configFields.filter(({ path }) => path.endsWith(`.${key}`)).map(({ path }) => path);
  const hint = nearest === undefined ? elsewhere : [group === '' ? nearest : `${group}.${nearest}`];
  const question = hint.length === 0 ? '' : ` did you mean ${hint.join(' or ')}?`;
  return {
    field,
    value: undefined,
    allowed: names,
    origin,
    message: `unknown field ${field} (from ${origin});${question} allowed: ${names.join(', ')}`,
  };
}
