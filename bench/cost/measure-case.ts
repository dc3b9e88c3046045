/** The process that measures the case named in its argument, sends the rows to its parent, and ends. */
import type { CaseRequest } from './case-process.ts';
import { loadCase } from './cases.ts';

const { name, rounds, quick } = JSON.parse(process.argv[2] ?? '{}') as CaseRequest;
const { measure, rounds: whole, quickRounds } = await loadCase(name);
const wanted = rounds ?? (quick ? quickRounds : whole);
process.send?.(wanted === undefined ? [] : await measure(wanted));
process.disconnect?.();
