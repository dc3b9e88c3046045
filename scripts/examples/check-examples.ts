/**
 * `pnpm check:examples [name…]`: runs the examples from the packages as they are built, and checks what they printed and
 * made.
 */
import { checkExample } from './check-example.ts';
import { checkTypes } from './check-types.ts';
import { findExamples } from './example.ts';

/** One for each core that a small machine has. */
const AT_ONCE = 2;

const wanted = process.argv.slice(2);
const examples = findExamples().filter(({ name }) => wanted.length === 0 || wanted.includes(name));
if (examples.length === 0) throw new Error(`no example is named ${wanted.join(' or ') || 'anything'}`);
const checks = [
  { name: 'types of all examples', run: checkTypes },
  ...examples.map((example) => ({ name: example.name, run: () => checkExample(example) })),
];

let failed = 0;
const waiting = checks.values();
async function work(): Promise<void> {
  for (const { name, run } of waiting) {
    const start = performance.now();
    const error = await run().then(() => undefined, String);
    if (error !== undefined) failed += 1;
    const time = `${((performance.now() - start) / 1000).toFixed(1)} s`;
    console.log(`${error === undefined ? 'ok     ' : 'PROBLEM'} ${name.padEnd(24)} ${time.padStart(6)}`);
    if (error !== undefined) console.log(error);
  }
}
await Promise.all(Array.from({ length: AT_ONCE }, work));

console.log(`${checks.length - failed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
