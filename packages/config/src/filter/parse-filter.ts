import { ConfigError, type ConfigProblem } from '../config-error.ts';
import { nearestName } from '../nearest-name.ts';
import {
  createSpanFilter,
  type FilterDirective,
  type FilterLevel,
  SPAN_LEVELS,
  type SpanFilter,
} from './span-filter.ts';

/**
 * Reads filter directives, as in `info,FilterExec=debug,object_store=off`.
 *
 * A directive is a level for everything, or `target=level`. A target is a span kind (`operator`, `rule`,
 * `object_store`, …), a name (of an operator, a rule, a phase, a store, or `store.operation`), or `kind::name`.
 *
 * @throws ConfigError with one problem for each directive that is wrong
 */
export function parseFilter(text: string): SpanFilter {
  const { directives, faults } = readDirectives(text);
  const [first, ...rest] = faults.map(
    (fault): ConfigProblem => ({
      field: 'filter',
      value: text,
      allowed: FILTER_SYNTAX,
      origin: 'filter text',
      message: `filter: ${fault}; allowed: ${FILTER_SYNTAX.join(', ')}`,
    }),
  );
  if (first !== undefined) throw new ConfigError([first, ...rest]);
  return createSpanFilter(directives);
}

const levels: readonly string[] = [...SPAN_LEVELS, 'off'];

/** The forms of a directive, as error messages list them. */
const FILTER_SYNTAX: readonly string[] = [...levels, 'target=level'];

/** Span kinds that a directive can name; `object_store` is the name of storage spans in other tracers. */
const kinds: ReadonlyMap<string, string> = new Map([
  ...['run', 'query', 'phase', 'rule', 'stage', 'task', 'operator', 'storage', 'custom', 'probe'].map(
    (kind) => [kind, kind] as const,
  ),
  ['object_store', 'storage'],
]);

/** Parses directives; each fault is one sentence. */
export function readDirectives(text: string): { directives: FilterDirective[]; faults: string[] } {
  const directives: FilterDirective[] = [];
  const faults: string[] = [];
  for (const part of text.split(',').map((directive) => directive.trim())) {
    if (part === '') continue;
    const equals = part.lastIndexOf('=');
    const target = equals === -1 ? '' : part.slice(0, equals).trim();
    const level = part.slice(equals + 1).trim();
    const fault = levelFault(part, level) ?? (equals === -1 ? undefined : targetFault(part, target));
    if (fault !== undefined) faults.push(fault);
    else directives.push({ ...readTarget(target), level: level.toLowerCase() as FilterLevel });
  }
  return { directives, faults };
}

function levelFault(part: string, level: string): string | undefined {
  if (levels.includes(level.toLowerCase())) return undefined;
  const nearest = nearestName(level, levels);
  const hint = nearest === undefined ? '' : `; did you mean ${nearest}?`;
  return `directive "${part}" ends in no level${hint}`;
}

function targetFault(part: string, target: string): string | undefined {
  const [kind, name] = splitTarget(target);
  if (target === '' || name === '') return `directive "${part}" names no target before "="`;
  if (kind === undefined || kinds.has(kind)) return undefined;
  return `directive "${part}" speaks of the unknown span kind "${kind}"; use one of ${[...kinds.keys()].join(', ')}`;
}

function readTarget(target: string): Omit<FilterDirective, 'level'> {
  if (target === '') return {};
  const [kind, name] = splitTarget(target);
  if (kind !== undefined) return { kind: kinds.get(kind) ?? kind, name };
  const wholeKind = kinds.get(target);
  return wholeKind === undefined ? { name: target } : { kind: wholeKind };
}

/** Splits `kind::name`; any other target has no kind. */
function splitTarget(target: string): [kind: string | undefined, name: string] {
  const separator = target.indexOf('::');
  return separator === -1
    ? [undefined, target]
    : [target.slice(0, separator).trim(), target.slice(separator + 2).trim()];
}
