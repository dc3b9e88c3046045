/**
 * Time to redact SQL, plans and errors: texts of 0.5 MB and 1 MB in full, and very large statements under the attribute limit.
 *
 * `node --conditions=@planscope/source --import tsx bench/redaction.ts`; fails when twice the text takes more than 2.6
 * times as long, and when a statement under the limit takes more than 5 ms.
 */
import { duckdbDialect } from '@planscope/duckdb';
import { createTextRedactor, type RedactTextOptions, redactUrls } from '@planscope/redaction';
import { summarizeSql } from '../packages/duckdb/src/sql/summarize-sql.ts';

const texts = createTextRedactor({ dialect: duckdbDialect });
const redactSql = (text: string, options?: RedactTextOptions): string => texts.sql(text, options);
const redactPlan = (text: string, options?: RedactTextOptions): string => texts.plan(text, options);

const ROUNDS = 5;
const MEGABYTE = 1_000_000;
const LARGEST_RATIO = 2.6;
/** Default limit of a text attribute, in bytes. */
const LIMIT = 16_384;
const LONGEST_MILLISECONDS = 5;
const LIMITED_ROUNDS = 50;

/** A text of a size, made of a piece over and over. */
function filled(bytes: number, piece: (index: number) => string): string {
  const pieces: string[] = [];
  for (let [length, index] = [0, 0]; length < bytes; index += 1) {
    pieces.push(piece(index));
    length += pieces.at(-1)?.length ?? 0;
  }
  return pieces.join('');
}

const plan = (index: number): string =>
  `  FILTER: Filters=[origin=SEA AND delay>${index} AND name IN ('a''b', 'c${index}')], Projections=[a, b, c]\n`;

const kinds: Readonly<Record<string, (bytes: number) => () => unknown>> = {
  'SQL, dense': (bytes) => clean(`SELECT ${filled(bytes, (index) => `a${index} + '${index}' AS b, `)} 1`, redactSql),
  'SQL, one literal': (bytes) => clean(`SELECT '${'x'.repeat(bytes)}'`, redactSql),
  'SQL, open quotes': (bytes) => clean(`SELECT ${`$a$ 'b `.repeat(bytes / 7)}`, redactSql),
  'SQL, dollars': (bytes) => clean(`SELECT ${filled(bytes, (index) => `$t${index}$ `)}`, redactSql),
  'SQL, statements': (bytes) =>
    clean(
      filled(bytes, (index) => `SET a = ${index};`),
      redactSql,
    ),
  'plan, dense': (bytes) => clean(filled(bytes, plan), redactPlan),
  'plan, known names': (bytes) =>
    clean(filled(bytes, plan), (text) => redactPlan(text, { identifiers: ['origin', 'delay', 'a'] })),
  'plan, one line of brackets': (bytes) => clean(`a IN ${'('.repeat(bytes / 10)}`, redactPlan),
  'plan, entries': (bytes) => {
    const entries = filled(bytes, plan).split('\n');
    return () => texts.planEntries(entries);
  },
  'error, known': (bytes) => {
    const error = new Error(`Conversion Error: Could not convert string '${'x '.repeat(bytes / 2)}' to INT32`);
    return () => texts.error(error);
  },
  'error, unknown': (bytes) => {
    const error = new Error('Error: '.repeat(bytes / 7));
    return () => texts.error(error);
  },
  URLs: (bytes) =>
    clean(
      filled(bytes, (index) => `s3://user:${index}@bucket/a?b=c&d=${index}, `),
      redactUrls,
    ),
};

function clean(text: string, redact: (text: string) => string): () => unknown {
  return () => redact(text);
}

function timed(work: () => unknown): number {
  const begin = performance.now();
  work();
  return performance.now() - begin;
}

/** Milliseconds of the fastest of several rounds. */
function fastest(work: () => unknown, rounds = ROUNDS): number {
  return Math.min(...Array.from({ length: rounds }, () => timed(work)));
}

const nestedCase = (levels: number): string =>
  `SELECT ${'CASE WHEN a > 1 THEN ('.repeat(levels)}1${') ELSE 2 END'.repeat(levels)} FROM t`;

/** Statements and plans larger than any attribute. */
const large: Readonly<Record<string, readonly ['statement' | 'plan', string]>> = {
  '8,000 columns': ['statement', `SELECT ${Array.from({ length: 8000 }, (_, index) => `c${index}`).join(', ')} FROM t`],
  'INSERT of 2 MB': [
    'statement',
    `INSERT INTO t VALUES ${filled(2 * MEGABYTE, (index) => `(${index}, 'name ${index}'), `)}`,
  ],
  'CASE, 900 levels': ['statement', nestedCase(900)],
  'CASE, 20,000 levels': ['statement', nestedCase(20_000)],
  'CASE of a plan, 900 levels': ['plan', nestedCase(900)],
  'CASE of a plan, 20,000 levels': ['plan', nestedCase(20_000)],
  'plan of 1 MB': ['plan', filled(MEGABYTE, plan)],
};

let late = 0;
console.log(`${''.padEnd(31)}${'all of it'.padStart(14)}${`${LIMIT} bytes`.padStart(14)}${'at first'.padStart(14)}`);
for (const [kind, [source, text]] of Object.entries(large)) {
  const isStatement = source === 'statement';
  const redact = isStatement ? redactSql : redactPlan;
  const limited = (): unknown => [isStatement && summarizeSql(text), redact(text, { maxBytes: LIMIT })];
  const first = timed(limited);
  const kept = fastest(limited, LIMITED_ROUNDS);
  const all = fastest(() => redact(text));
  if (kept > LONGEST_MILLISECONDS) late += 1;
  console.log(`${kind.padEnd(31)}${[all, kept, first].map((time) => `${time.toFixed(1)} ms`.padStart(14)).join('')}`);
}

let slow = 0;
console.log(`\n${''.padEnd(28)} ${'0.5 MB'.padStart(11)} ${'1 MB'.padStart(11)}`);
for (const [kind, prepare] of Object.entries(kinds)) {
  const half = fastest(prepare(MEGABYTE / 2));
  const whole = fastest(prepare(MEGABYTE));
  const ratio = whole / half;
  // What takes next to nothing has no ratio to speak of.
  const isLinear = ratio <= LARGEST_RATIO || whole < 20;
  if (!isLinear) slow += 1;
  console.log(
    `${kind.padEnd(28)} ${half.toFixed(1).padStart(8)} ms ${whole.toFixed(1).padStart(8)} ms  × ${ratio.toFixed(2)}`,
  );
}

if (slow > 0) {
  console.error(`${slow} kinds of text take more than ${LARGEST_RATIO} times as long when they are twice as long`);
  process.exitCode = 1;
}
if (late > 0) {
  console.error(
    `${late} texts take more than ${LONGEST_MILLISECONDS} ms, although only ${LIMIT} bytes of them are kept`,
  );
  process.exitCode = 1;
}
