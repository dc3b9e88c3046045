import type { MarkedSecrets } from '../marked-secrets.ts';
import type { PlaceKind } from './shown-places.ts';
import { changes } from './statements/changes.ts';
import { conditions } from './statements/conditions.ts';
import { definitions } from './statements/definitions.ts';
import { failures } from './statements/failures.ts';
import { files } from './statements/files.ts';
import { literals } from './statements/literals.ts';
import { names } from './statements/names.ts';
import { nested } from './statements/nested.ts';
import { queries } from './statements/queries.ts';
import { settings } from './statements/settings.ts';
import { tempting } from './statements/tempting.ts';

/**
 * A statement of the corpus with slots for markers. `<word>`, `<number>` (15 digits), `<integer>` (9 digits), `<digits>` (12
 * digits), `<date>` and `<hex>` are a marker of their own each; `<word:a>` is the same wherever its group writes it;
 * `<folder>` is the folder with the files of {@link writeFiles}.
 */
export interface CorpusStatement {
  readonly sql: string;
  /** How DuckDB's message begins; absent for a statement that succeeds. */
  readonly fails?: string;
  /**
   * Kinds of texts in which markers show to which it gives a name; the test fails if one of the kinds shows none. Default
   * none. A marker without a name never shows.
   */
  readonly declared?: readonly PlaceKind[];
  /** Values bound to its parameters. */
  readonly values?: readonly string[];
  /** Statements that run before it, untraced. */
  readonly given?: readonly string[];
}

/** Statements over the same tables, in a database of their own. */
export interface StatementGroup {
  readonly about: string;
  /** Statements that make what they use, besides {@link PEOPLE}. */
  readonly given?: readonly string[];
  readonly statements: readonly (string | CorpusStatement)[];
}

/** All of the corpus. To add a statement, add a line to one of its groups. */
export const corpus: readonly StatementGroup[] = [
  ...literals,
  ...conditions,
  ...nested,
  ...queries,
  ...changes,
  ...definitions,
  ...files,
  ...settings,
  ...failures,
  ...tempting,
  ...names,
];

/** The table that every group has. */
export const PEOPLE: readonly string[] = [
  `CREATE TABLE people (id INTEGER, name VARCHAR, note VARCHAR, amount BIGINT, born DATE, city VARCHAR, tags VARCHAR[],
    address STRUCT(street VARCHAR, zip VARCHAR), seen TIMESTAMP, share DOUBLE, photo BLOB, doc JSON)`,
  ...['alice', 'bob', 'carol'].map(
    (name, index) => `INSERT INTO people VALUES (${index + 1}, '<word:${name}>', 'it''s "<word>"\n<word>',
      <number:${name}>, '<date>', '<word:rome>', ['<word>', '<word>'], {'street': '<word>', 'zip': '<word>'},
      '<date> 01:02:03', <number>.5, '<word>'::BLOB, '{"a": "<word>", "<word>": <number>}')`,
  ),
];

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
export function slotFiller(
  secrets: MarkedSecrets,
  folder: string,
  known: Map<string, string>,
): (text: string) => Filled {
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
