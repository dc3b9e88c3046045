/**
 * Publishes what is not in the registry yet: `pnpm release`.
 *
 * Builds and checks first. Versions are `pnpm version-packages`' work, so it refuses while changesets are pending. The
 * manifests ask for provenance, which only the release workflow can give: npm refuses to publish from anywhere else.
 * `--unlinted` leaves out publint and are-the-types-wrong, where they ran just before.
 */
import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import { execaSync } from 'execa';
import { announcedPackages, apiProblems } from './api/api-problems.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const run = execaSync({ cwd: root, localDir: root, preferLocal: true, stdio: 'inherit' });
const pending = [...(await announcedPackages(root))].join(', ');
assert(pending === '', `changesets are pending for ${pending}: run \`pnpm version-packages\` and commit first`);
run('turbo', ['run', 'build', '--filter=./packages/*', '--output-logs=errors-only']);
if (!process.argv.includes('--unlinted')) {
  run('node', ['--conditions=@planscope/source', '--import', 'tsx', 'scripts/lint-packages.ts']);
}
const problems = await apiProblems(root);
assert(problems.length === 0, `the public API is not fit for release:\n${problems.join('\n')}`);
run('changeset', ['publish', '--no-git-tag']);
