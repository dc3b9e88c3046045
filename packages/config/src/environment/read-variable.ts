import { type Checked, checkValue, refuse } from '../layers/layer.ts';
import type { ConfigField } from '../schema/config-fields.ts';

/** Reads the text of an environment variable as the value of a field. */
export function readVariable(field: ConfigField, text: string, variable: string): Checked {
  const label = `environment ${variable}`;
  if (field.shape !== 'record') return checkValue(field, parse(field, text.trim()), label, variable);
  const pairs = parsePairs(text);
  if (pairs !== undefined) return checkValue(field, pairs, label, variable);
  return { values: [], problems: [refuse({ path: field.path }, text, label, [PAIRS_SYNTAX])] };
}

/** Text that does not parse is returned unchanged, so that the schema refuses it. */
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

/** OpenTelemetry requires that enumerated values ignore case. */
function asAllowed(field: ConfigField, text: string): unknown {
  const value = field.allowed.find((allowed) => allowed.toLowerCase() === text.toLowerCase()) ?? text;
  if (value === 'true' || value === 'false') return field.allowed.includes(value) ? value === 'true' : text;
  return value;
}

/** The form of a list of pairs, as error messages state it. */
const PAIRS_SYNTAX = 'comma-separated key=value pairs, percent-encoded where needed';

/**
 * Reads `key=value,key=value` with percent-encoding, as OpenTelemetry writes headers and resource attributes.
 *
 * @returns undefined when a pair has no key, no `=` or a malformed escape
 */
export function parsePairs(text: string): Record<string, string> | undefined {
  const pairs: [string, string][] = [];
  for (const part of text.split(',')) {
    if (part.trim() === '') continue;
    const equals = part.indexOf('=');
    const key = decode(part.slice(0, Math.max(0, equals)));
    const value = decode(part.slice(equals + 1));
    if (equals === -1 || !key || value === undefined) return undefined;
    pairs.push([key, value]);
  }
  return Object.fromEntries(pairs);
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text.trim());
  } catch {
    return undefined;
  }
}
