import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** How a package manager is started. */
export interface PackageManager {
  readonly program: string;
  readonly args: readonly string[];
}

const KEPT = /^npm_config_(?:registry|cafile|cache|proxy|https_proxy|noproxy)$/;

/**
 * Takes out of the environment what running through pnpm has put in, its own settings among them: a stranger's npm does
 * not see these.
 *
 * @returns the pnpm that ran this process; else the pinned version, through npx
 */
export function leavePnpm(environment: NodeJS.ProcessEnv): PackageManager {
  const script = environment.npm_execpath;
  for (const key of Object.keys(environment)) {
    if (/^(?:p?npm_|INIT_CWD$|NODE$|NODE_OPTIONS$)/i.test(key) && !KEPT.test(key)) delete environment[key];
  }
  if (script !== undefined && /pnpm\.[cm]?js$/.test(script)) return { program: process.execPath, args: [script] };
  const { packageManager } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  return { program: 'npx', args: ['--yes', packageManager] };
}

/** Paths of tarballs by the name of the package. */
export type Tarballs = Readonly<Record<string, string>>;

/**
 * Packs every package that is published, with the ranges that users get.
 *
 * @param folder where the tarballs go, made here
 */
export async function packPackages(folder: string, { program, args }: PackageManager): Promise<Tarballs> {
  mkdirSync(folder);
  const pack = ['--recursive', '--filter', './packages/*', 'pack', '--pack-destination', folder];
  await execa(program, [...args, ...pack], { cwd: root });
  return Object.fromEntries(
    readdirSync(folder).map((file) => {
      const [, name] = /^planscope-(?:(\D.*?)-)?\d/.exec(file) ?? [];
      return [name === undefined ? 'planscope' : `@planscope/${name}`, join(folder, file)];
    }),
  );
}

const NPM: PackageManager = { program: 'npm', args: [] };
const quiet = {
  npm: ['--no-audit', '--no-fund', '--no-update-notifier'],
  pnpm: ['--ignore-workspace', '--reporter=append-only'],
};

interface InstallOptions {
  readonly pnpm?: PackageManager;
  readonly node?: string;
  readonly overrides?: Readonly<Record<string, object>>;
}

/**
 * Installs packages into an empty project.
 *
 * @param folder of the project, made here
 * @param dependencies ranges by name; packages of ours come from the tarballs, whatever needs them
 * @param options.pnpm installs with it; default npm. pnpm hands out nothing that is undeclared
 * @param options.overrides for packages whose own ranges are too narrow; default none
 * @param options.node path of the Node that runs npm, which chooses versions that run on it; default the one in `PATH`
 * @returns what it wrote to standard error
 */
export async function installProject(
  folder: string,
  dependencies: Readonly<Record<string, string>>,
  tarballs: Tarballs,
  { pnpm, node, overrides = {} }: InstallOptions = {},
): Promise<string> {
  mkdirSync(folder, { recursive: true });
  const ours = Object.fromEntries(Object.entries(tarballs).map(([name, path]) => [name, `file:${path}`]));
  const direct = Object.fromEntries(Object.entries(dependencies).map(([name, range]) => [name, ours[name] ?? range]));
  const manifest = { name: 'empty-project', private: true, dependencies: direct, overrides: { ...ours, ...overrides } };
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ ...manifest, pnpm: { overrides: ours } }));
  const { program, args } = pnpm ?? NPM;
  const flags = pnpm ? quiet.pnpm : quiet.npm;
  const env = node === undefined ? {} : { PATH: `${dirname(node)}${delimiter}${process.env.PATH}` };
  const { stderr } = await execa(program, [...args, 'install', '--prefer-offline', ...flags], { cwd: folder, env });
  return stderr;
}
