import type { MarkedSecrets } from '../marked-secrets.ts';
import type { FilledStatement } from './fill-group.ts';
import { type PlaceKind, shownTexts } from './shown-places.ts';

/** What spans show of the markers of statements. */
export interface ShownMarkers {
  /** What no line of the corpus declares, each with where it stands. */
  readonly undeclared: readonly string[];
  /** Declarations for which nothing shows. */
  readonly unneeded: readonly string[];
  /** The markers that show as declared. */
  readonly declared: ReadonlySet<string>;
  /** Statements of which some marker shows. */
  readonly statements: ReadonlySet<FilledStatement>;
}

/**
 * Finds markers in spans and compares where they stand, by the registry, with what the corpus declares.
 *
 * @param requests in OTLP JSON
 * @param shownAnyway keys of attributes that may show markers of every statement
 */
export function shownMarkers(
  requests: readonly string[],
  statements: readonly FilledStatement[],
  secrets: MarkedSecrets,
  shownAnyway: readonly string[] = [],
): ShownMarkers {
  const owners = new Map(statements.flatMap((statement) => statement.markers.map((marker) => [marker, statement])));
  const undeclared = new Set<string>();
  const declared = new Set<string>();
  const kinds = new Map<FilledStatement, Set<PlaceKind>>(statements.map((statement) => [statement, new Set()]));
  for (const { kind, place, text } of requests.flatMap(shownTexts)) {
    if (shownAnyway.includes(place)) continue;
    for (const [marker, excerpt] of secrets.secretsIn(text)) {
      const owner = owners.get(marker);
      if (owner !== undefined) kinds.get(owner)?.add(kind);
      if (owner?.named.includes(marker) && owner.declared.includes(kind)) declared.add(marker);
      else undeclared.add(`${kind} ${place} shows …${excerpt.slice(-120)}… of ${owner?.template ?? 'shared data'}`);
    }
  }
  const unneeded = statements.flatMap((statement) =>
    statement.declared
      .filter((kind) => kinds.get(statement)?.has(kind) !== true)
      .map((kind) => `${kind} of ${statement.template}`),
  );
  const shown = statements.filter((statement) => (kinds.get(statement)?.size ?? 0) > 0);
  return { undeclared: [...undeclared], unneeded, declared, statements: new Set(shown) };
}
