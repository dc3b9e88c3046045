/**
 * Time of one decision of the span filter, and memory that deciding takes, for filters from none to many directives.
 *
 * `node --expose-gc --conditions=@planscope/source --import tsx bench/filter.ts`; fails when a decision takes more than
 * 100 ns or allocates.
 */
import { parseFilter } from '@planscope/config';

const DECISIONS = 2_000_000;
const ROUNDS = 7;
const LONGEST_NANOSECONDS = 100;
/** Counting itself takes a little; one object for each decision would be at least 16. */
const MOST_BYTES = 0.1;

/** What one run asks about, again and again. */
const spans = [
  ['operator', 'FilterExec'],
  ['operator', 'HashJoinExec'],
  ['rule', 'prune_unused'],
  ['phase', 'optimize_logical_plan'],
  ['storage', 'lake.get_ranges'],
  ['storage', 'memory.put'],
  ['custom', 'publish'],
  ['run', 'planscope.execute'],
] as const;

const filters = {
  'no directive': '',
  'one level': 'warn',
  'three directives': 'info,FilterExec=debug,object_store=off',
  'two hundred directives': ['info', ...Array.from({ length: 200 }, (_, index) => `Rule${index}=off`)].join(','),
};

if (globalThis.gc === undefined) throw new Error('needs node --expose-gc');

for (const [name, text] of Object.entries(filters)) {
  const filter = parseFilter(text);
  let enabled = 0;
  const decide = (): void => {
    for (let index = 0; index < DECISIONS; index += 1) {
      const span = spans[index & 7] ?? spans[0];
      if (filter.enables(span[0], span[1], 'info')) enabled += 1;
    }
  };
  decide();
  let fastest = Number.POSITIVE_INFINITY;
  let fewestBytes = Number.POSITIVE_INFINITY;
  for (let round = 0; round < ROUNDS; round += 1) {
    globalThis.gc();
    const heap = process.memoryUsage().heapUsed;
    const started = process.hrtime.bigint();
    decide();
    fastest = Math.min(fastest, Number(process.hrtime.bigint() - started) / DECISIONS);
    fewestBytes = Math.min(fewestBytes, (process.memoryUsage().heapUsed - heap) / DECISIONS);
  }
  const share = enabled / (DECISIONS * (ROUNDS + 1));
  console.log(
    `${name}: ${fastest.toFixed(1)} ns and ${fewestBytes.toFixed(3)} bytes a decision, ${(share * 100).toFixed(0)} % let through`,
  );
  if (fastest > LONGEST_NANOSECONDS || fewestBytes > MOST_BYTES) process.exitCode = 1;
}
