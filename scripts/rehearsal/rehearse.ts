import assert from 'node:assert/strict';
import { join } from 'node:path';
import type { Pnpm } from '../clean-room/pack-packages.ts';
import { publicPackages } from '../release/public-packages.ts';
import { packageChangelogs, releaseNotes } from '../release/release-notes.ts';
import { EmptyProject, moduleSystems, type ProjectRun } from './empty-project.ts';
import { type LoopbackRegistry, type PublishedPackage, publishedPackages } from './loopback-registry.ts';
import { makeCopy, mendCopy, prepareCopy, type ReleasingCopy, releaseCopy } from './release-copy.ts';
import { releaseProblems } from './release-problems.ts';
import { renderTrace, traceProblems } from './trace-problems.ts';

/** Where a rehearsal takes place. */
export interface Stage {
  readonly root: string;
  readonly folder: string;
  readonly registry: LoopbackRegistry;
  readonly pnpm: Pnpm;
}

const rows = [
  { origin: 'HAM', delay: 10 },
  { origin: 'MUC', delay: 40 },
];

/**
 * Two releases in a row, each installed and used, with what was published and what changed.
 * @throws at the first thing that is not as it must be
 */
export async function rehearse(stage: Stage): Promise<void> {
  const { root, folder, registry, pnpm } = stage;
  const { uncommitted, folder: copied } = await makeCopy(root, join(folder, 'copy'));
  if (uncommitted.length > 0) console.log(`left out: changes that are not committed, in ${uncommitted.join(', ')}`);
  console.log(
    'left out: provenance, which npm makes on a hosted runner only; a test holds that the workflow asks for it',
  );

  const copy = { root, pnpm, folder: copied };
  await prepareCopy(copy, registry);
  const pending = await releaseCopy(copy);
  const first = versionOf(copy);
  await showRelease(
    stage,
    copy,
    `release 1: ${first}, ${pending > 0 ? 'from the pending changesets' : 'as it stands'}`,
  );

  const projects = moduleSystems.map((system) => new EmptyProject(join(folder, system), system, registry.url));
  const runs = await inEach(projects, async (project) => {
    await project.install();
    return useProject(project, first);
  });
  console.log(
    `installed and run as ${moduleSystems.join(' and ')}, with the trace\n${renderTrace(runs[0]?.spans ?? [], '  ').join('\n')}`,
  );

  const { before, after, told } = mendCopy(copy);
  assert((await releaseCopy(copy)) === 1, 'the changeset of the fix was not pending');
  const second = versionOf(copy);
  assert(second === nextPatch(first), `a fix made ${second} of ${first}`);
  const changelog = packageChangelogs(copied).get('@planscope/config') ?? '';
  assert(changelog.includes(told), `the changelog does not say "${told}"`);
  await showRelease(stage, copy, `release 2: ${second}, a fix`);

  const updated = await inEach(projects, async (project) => {
    await project.update();
    return useProject(project, second);
  });
  for (const { refusal } of runs) assert(refusal.includes(before), `the first release refused with "${refusal}"`);
  for (const { refusal } of updated) assert(refusal.includes(after), `the fix did not arrive: "${refusal}"`);
  console.log(
    `npm update took ${first} to ${second}: the fix is there, the query runs, its trace says ${second} (${seconds()} s)`,
  );
}

async function showRelease({ registry, folder }: Stage, copy: ReleasingCopy, title: string): Promise<void> {
  const version = versionOf(copy);
  const names = publicPackages(copy.folder).map(({ manifest }) => manifest.name);
  const published = await publishedPackages(registry, folder);
  const problems = releaseProblems(published, { names, version });
  assert(problems.length === 0, `${title}\n${problems.join('\n')}`);
  console.log(`\n${title} (${seconds()} s)\n${renderRelease(published, packageChangelogs(copy.folder))}`);
}

async function useProject(project: EmptyProject, version: string): Promise<ProjectRun> {
  const behind = [...project.installed()].filter(([, installed]) => installed !== version);
  assert(project.installed().size > 0 && behind.length === 0, `not of ${version}: ${behind.flat().join(' ')}`);
  const run = await project.run();
  assert(JSON.stringify(run.rows) === JSON.stringify(rows), `the query gave ${JSON.stringify(run.rows)}`);
  const problems = traceProblems(run.spans, version);
  assert(problems.length === 0, problems.join('\n'));
  return run;
}

function inEach<Result>(
  projects: readonly EmptyProject[],
  use: (project: EmptyProject) => Promise<Result>,
): Promise<Result[]> {
  return Promise.all(projects.map(use));
}

/** All packages share one version, which {@link releaseProblems} holds of what was published. */
function versionOf({ folder }: ReleasingCopy): string {
  return publicPackages(folder)[0]?.manifest.version ?? '';
}

/** Since the rehearsal began. */
function seconds(): number {
  return Math.round(performance.now() / 1000);
}

function nextPatch(version: string): string {
  const [major, minor, patch] = version.split('.').map(Number);
  return `${major}.${minor}.${(patch ?? 0) + 1}`;
}

/**
 * A release in words: every package with its size, and what changed.
 * @param changelogs what the changelog of each package says of this version
 */
function renderRelease(published: readonly PublishedPackage[], changelogs: ReadonlyMap<string, string>): string {
  const packages = published.map(
    ({ name, latest, tarballBytes }) =>
      `  ${name.padEnd(34)} ${latest.padEnd(10)} ${(tarballBytes / 1000).toFixed(1).padStart(8)} kB`,
  );
  const changes = releaseNotes(changelogs).map((line) => `  ${line}`);
  return ['published:', ...packages, 'what changed, as the changelogs say it:', ...changes].join('\n');
}
