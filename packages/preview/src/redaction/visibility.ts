import { type DataType, type Field, Type } from 'apache-arrow';
import type { RedactionOptions } from './redaction-options.ts';

/** Whether a value is shown, hidden, or shown in part because a value below it may be shown. */
export type Visibility = 'shown' | 'hidden' | 'partly';

/** Decides by path and type; `inherited` is the decision for the enclosing value. */
export type VisibilityRule = (path: string, type: DataType, inherited: Visibility) => Visibility;

/** Makes the rule from the lists of the options. */
export function visibilityRule(options: RedactionOptions): VisibilityRule {
  const columns = options.columns ?? [];
  if (options.mode === 'none') return () => 'shown';
  return options.mode === 'deny-list' ? denyRule(columns) : allowRule(columns);
}

function denyRule(columns: readonly string[]): VisibilityRule {
  const paths = columns.map(columnGlob);
  const names = columns.filter((column) => !column.includes('.')).map(columnGlob);
  return (path) => {
    const name = path.slice(path.lastIndexOf('.') + 1);
    const denied = paths.some((matches) => matches(path)) || names.some((matches) => matches(name));
    return denied ? 'hidden' : 'shown';
  };
}

function allowRule(columns: readonly string[]): VisibilityRule {
  const globs = columns.map(columnGlob);
  const prefixes = columns.map((column) => column.toLowerCase());
  const isAllowed = (path: string): boolean => globs.some((matches) => matches(path));
  // The keys of a map are data: no schema says which paths there are below it.
  const mayHoldKeys = (path: string): boolean =>
    prefixes.some((prefix) => prefix.startsWith(`${path.toLowerCase()}.`) || prefix.startsWith('*'));
  const holdsAllowed = (path: string, type: DataType): boolean =>
    (type.typeId === Type.Map && mayHoldKeys(path)) ||
    belowOf(path, type).some(([below, child]) => isAllowed(below) || holdsAllowed(below, child));
  return (path, type, inherited) => {
    if (inherited === 'shown' || isAllowed(path)) return 'shown';
    return holdsAllowed(path, type) ? 'partly' : 'hidden';
  };
}

/** The paths directly below a type: fields of structs and unions by name, the elements of a list at the list's own path. */
function belowOf(path: string, type: DataType): [string, DataType][] {
  const fields: readonly Field[] = type.children ?? [];
  const named = type.typeId === Type.Struct || type.typeId === Type.Union;
  if (type.typeId === Type.Map) return [];
  return fields.map((field) => [named ? `${path}.${field.name}` : path, field.type]);
}

/**
 * Makes the test for one glob: `*` stands for any characters, dots included, `?` for one; case does not matter. The time
 * of a test grows with the length of the pattern times that of the text, never faster.
 */
export function columnGlob(pattern: string): (text: string) => boolean {
  const glob = Array.from(pattern.toLowerCase());
  return (text) => matches(glob, Array.from(text.toLowerCase()));
}

function matches(glob: readonly string[], text: readonly string[]): boolean {
  let atGlob = 0;
  let atText = 0;
  let star = -1;
  let resume = 0;
  while (atText < text.length) {
    if (glob[atGlob] === '*') {
      star = atGlob;
      resume = atText;
      atGlob += 1;
    } else if (glob[atGlob] === '?' || glob[atGlob] === text[atText]) {
      atGlob += 1;
      atText += 1;
    } else if (star >= 0) {
      resume += 1;
      atText = resume;
      atGlob = star + 1;
    } else {
      return false;
    }
  }
  while (glob[atGlob] === '*') atGlob += 1;
  return atGlob === glob.length;
}
