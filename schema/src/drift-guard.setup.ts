// Runs in every test file: each span that a Planscope tracer makes in any test must bear registered names only.
import { afterEach } from 'vitest';
// A module of its own: files that share a process load this one again for each, and would check each span many times.
import { takeViolations } from './drift-guard.ts';

afterEach(() => {
  const found = takeViolations();
  if (found.length > 0) throw new Error(`spans depart from the span schema:\n${found.join('\n')}`);
});
