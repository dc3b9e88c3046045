import { type Checked, checkValue } from '../layers/check-value.ts';
import { refuse } from '../layers/layer.ts';
import type { ConfigField } from '../schema/config-fields.ts';
import { PAIRS_SYNTAX, parsePairs } from './parse-pairs.ts';

/** Reads the text of an environment variable as the value of a field. */
export function readVariable(field: ConfigField, text: string, variable: string): Checked {
  const label = `environment ${variable}`;
  if (field.shape !== 'record') return checkValue(field, parse(field, text.trim()), label, variable);
  const pairs = parsePairs(text);
  if (pairs !== undefined) return checkValue(field, pairs, label, variable);
  return { values: [], problems: [refuse({ path: field.path }, text, label, [PAIRS_SYNTAX])] };
}

/** Text that does not parse is handed on as it is, so that the schema refuses it. */
function parse(field: ConfigField, text: string): unknown {
  switch (field.shape) {
    case 'number':
      return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : text;
    case 'list':
      return field.path === 'exporters' && text.toLowerCase() === 'none' ? [] : parseList(field, text);
    default:
      return asAllowed(field, text);
  }
}

function parseList(field: ConfigField, text: string): string[] {
  const entries = text.split(',').map((entry) => entry.trim());
  return entries
    .filter((entry) => entry !== '')
    .map((entry) => (field.path === 'exporters' ? entry.toLowerCase() : entry));
}

/** Closed lists of values do not mind upper and lower case, as OpenTelemetry asks for. */
function asAllowed(field: ConfigField, text: string): unknown {
  const value = field.allowed.find((allowed) => allowed.toLowerCase() === text.toLowerCase()) ?? text;
  if (value === 'true' || value === 'false') return field.allowed.includes(value) ? value === 'true' : text;
  return value;
}
