import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const folder = new URL('../../.github/workflows/', import.meta.url);
const workflows = new Map(readdirSync(folder).map((name) => [name, readFileSync(new URL(name, folder), 'utf8')]));

/** The jobs of a workflow, by name: everything below their key. */
function jobs(text: string): Map<string, string> {
  const [, body = ''] = text.split(/^jobs:\n/m);
  const parts = body.split(/^ {2}(\w+):\n/m).slice(1);
  return new Map(parts.flatMap((name, index) => (index % 2 === 0 ? [[name, parts[index + 1] ?? '']] : [])));
}

test.each([...workflows])('%s takes its actions by commit, with the version said beside it', (_, text) => {
  const uses = text.split('\n').filter((line) => line.includes('uses:'));
  expect(uses.length).toBeGreaterThan(0);
  for (const line of uses) expect(line).toMatch(/uses: [\w/-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
});

test.each([...workflows])('%s lets a job do no more than it says', (_, text) => {
  expect(text).toMatch(/^permissions: (\{\}|\{ contents: read \})$/m);
});

test('packages are published with provenance, which one job alone may sign', () => {
  const signers = [...jobs(workflows.get('release.yml') ?? '')].filter(([, job]) => job.includes('id-token: write'));
  expect(signers.map(([name]) => name)).toEqual(['publish']);
  const [[, publish]] = signers as [[string, string]];
  expect(publish).toContain('permissions: { contents: read, id-token: write }');
  expect(publish).toContain('run: pnpm release');
  // Trusted publishing is npm's from 11.5.1, which comes with this Node.
  expect(publish).toContain('node-version: "24"');
});

test('only what was versioned is published', () => {
  expect(jobs(workflows.get('release.yml') ?? '').get('publish')).toContain(
    "needs: propose\n    if: needs.propose.outputs.pending == 'false'",
  );
});

test('everything that must hold is checked on the oldest Node, and the tests on the others', () => {
  const ci = jobs(workflows.get('ci.yml') ?? '');
  expect(ci.get('everything')).toMatch(/node-version: "20\.19"[\s\S]*run: bash \.ci\/run/);
  expect(ci.get('node')).toMatch(/node: \["22", "24"\][\s\S]*run: npm test/);
});
