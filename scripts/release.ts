/**
 * Publishes what is not in the registry yet: `pnpm release`.
 *
 * Builds and checks first. Versions are `pnpm version-packages`' work, so it refuses while changesets are pending. The
 * manifests ask for provenance, which only the release workflow can give: npm refuses to publish from anywhere else.
 * `--unlinted` leaves out publint and are-the-types-wrong, where they ran just before.
 */
import { fileURLToPath } from 'node:url';
import { announcedPackages, apiProblems } from './api/api-problems.ts';
import { runTool } from './release/run-tool.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const tasks = process.argv.includes('--unlinted') ? ['build'] : ['build', 'lint:package'];

const pending = await announcedPackages(root);
if (pending.size > 0) {
  throw new Error(
    `changesets are pending for ${[...pending].join(', ')}: run \`pnpm version-packages\` and commit first`,
  );
}
runTool(root, 'turbo', 'turbo', ['run', ...tasks, '--filter=./packages/*', '--output-logs=errors-only']);
const problems = await apiProblems(root);
if (problems.length > 0) throw new Error(`the public API is not fit for release:\n${problems.join('\n')}`);
runTool(root, '@changesets/cli', 'changeset', ['publish', '--no-git-tag']);
