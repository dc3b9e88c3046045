import { ConfigError, type ConfigProblem } from '../config-error.ts';
import { FILTER_SYNTAX, readDirectives } from './read-directives.ts';
import { createSpanFilter, type SpanFilter } from './span-filter.ts';

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
