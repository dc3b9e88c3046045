/**
 * Time of cleaning SQL, plans and errors of half a megabyte and of one.
 *
 * `node --conditions=@planscope/source --import tsx bench/redaction.ts`; fails when twice the text takes more than 2.6
 * times as long.
 */
import { describeError, redactPlan, redactPlanEntries, redactSql, redactUrls } from '@planscope/preview/text';

const ROUNDS = 5;
const MEGABYTE = 1_000_000;
const LARGEST_RATIO = 2.6;

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
    return () => redactPlanEntries(entries);
  },
  'error, known': (bytes) => {
    const error = new Error(`Conversion Error: Could not convert string '${'x '.repeat(bytes / 2)}' to INT32`);
    return () => describeError(error);
  },
  'error, unknown': (bytes) => {
    const error = new Error('Error: '.repeat(bytes / 7));
    return () => describeError(error);
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

/** Milliseconds of the fastest of several rounds. */
function fastest(work: () => unknown): number {
  const times = Array.from({ length: ROUNDS }, () => {
    const begin = performance.now();
    work();
    return performance.now() - begin;
  });
  return Math.min(...times);
}

let slow = 0;
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
