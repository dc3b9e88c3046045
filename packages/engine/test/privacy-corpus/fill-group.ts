import type { MarkedSecrets } from '../marked-secrets.ts';
import { PEOPLE } from './corpus.ts';
import type { CorpusStatement, StatementGroup } from './corpus-statement.ts';
import type { PlaceKind } from './shown-places.ts';

/** A statement whose slots hold markers. */
export interface FilledStatement extends Omit<CorpusStatement, 'declared'> {
  readonly template: string;
  /** The markers of its own. */
  readonly markers: readonly string[];
  /** Those to which it gives a name. */
  readonly named: readonly string[];
  readonly declared: readonly PlaceKind[];
}

/** A group whose slots hold markers. */
export interface FilledGroup {
  readonly about: string;
  readonly given: readonly string[];
  readonly statements: readonly FilledStatement[];
}

/** Fills the slots of a group with new markers. */
export function fillGroup(group: StatementGroup, secrets: MarkedSecrets, folder: string): FilledGroup {
  const shared = new Map<string, string>();
  const fillShared = slotFiller(secrets, folder, shared);
  const given = [...PEOPLE, ...(group.given ?? [])].map((sql) => fillShared(sql).text);
  const statements = group.statements.map((entry): FilledStatement => {
    const statement = typeof entry === 'string' ? { sql: entry } : entry;
    const known = new Map(shared);
    const fill = slotFiller(secrets, folder, known);
    const before = statement.given?.map(fill);
    const own = fill(statement.sql);
    const values = statement.values?.map(fill);
    const filled = [...(before ?? []), own, ...(values ?? [])];
    return {
      ...statement,
      template: statement.sql,
      sql: own.text,
      declared: statement.declared ?? [],
      markers: [...new Set(filled.flatMap(({ markers }) => markers))].filter((marker) => !isIn(shared, marker)),
      named: [...known].filter(([slot]) => !shared.has(slot)).map(([, marker]) => marker.toLowerCase()),
      ...(before === undefined ? {} : { given: before.map(({ text }) => text) }),
      ...(values === undefined ? {} : { values: values.map(({ text }) => text) }),
    };
  });
  return { about: group.about, given, statements };
}

function isIn(known: ReadonlyMap<string, string>, marker: string): boolean {
  return [...known.values()].some((value) => value.toLowerCase() === marker);
}

/** A text whose slots are filled. */
interface Filled {
  readonly text: string;
  readonly markers: readonly string[];
}

const SLOT = /<(?:(folder)|(word|WORD|number|integer|digits|date|hex)(:\w+)?)>/g;

/** Fills slots; those with a name are looked up in what is known, and added to it. */
function slotFiller(secrets: MarkedSecrets, folder: string, known: Map<string, string>): (text: string) => Filled {
  const draw: Readonly<Record<string, () => string>> = {
    word: secrets.word,
    WORD: () => secrets.word().toUpperCase(),
    number: secrets.number,
    integer: secrets.integer,
    digits: secrets.digits,
    date: secrets.date,
    hex: secrets.hex,
  };
  return (template) => {
    const markers: string[] = [];
    const text = template.replace(SLOT, (slot, isFolder?: string, kind = '', name?: string) => {
      if (isFolder !== undefined) return folder;
      const marker = (name === undefined ? undefined : known.get(slot)) ?? draw[kind]?.() ?? '';
      if (name !== undefined) known.set(slot, marker);
      markers.push(marker.toLowerCase());
      return marker;
    });
    return { text, markers };
  };
}
