import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { defineConfig, Options } from 'tsup';
import { packageBuild, shortManifest } from './tsup.base.ts';

type Plugin = NonNullable<Options['esbuildPlugins']>[number];

/** The parts of the OpenTelemetry SDK that a build holds; the API is always the program's. */
const SDK = /^@opentelemetry\/(?:context-async-hooks|core|otlp-transformer|resources|sdk-|semantic-conventions)/;

/**
 * `context-async-hooks` is published as CommonJS only, and a module has no `require` for the API and for Node's modules:
 * what it requires is imported, under a name that tsup does not know as external.
 */
const importRequired: Plugin = {
  name: 'import-required',
  setup(build) {
    build.onLoad({ filter: /[\\/]@opentelemetry[\\/]context-async-hooks[\\/].*\.js$/ }, async ({ path }) => ({
      contents: (await readFile(path, 'utf8')).replaceAll(/require\("(?!\.)(.*?)"\)/g, 'require("imported:$1")'),
      loader: 'js',
    }));
    build.onResolve({ filter: /^imported:/ }, ({ path }) => ({ path: path.slice(9), namespace: 'imported' }));
    build.onLoad({ filter: /.*/, namespace: 'imported' }, ({ path }) => ({
      contents: `export * from '${path}';`,
      loader: 'js',
    }));
  },
};

// Not a name that contains `license`: pnpm would take it for the licence of the package, and pack no other.
const LICENSES = 'dist/third-party-notices.txt';

/** Writes the licences of the packages whose code is in the build: the Apache License asks for a copy with the code. */
const keepLicenses: Plugin = {
  name: 'keep-licenses',
  setup(build) {
    build.initialOptions.metafile = true;
    const root = build.initialOptions.absWorkingDir ?? process.cwd();
    build.onEnd(async ({ metafile }) => {
      const inputs = Object.entries(
        Object.values(metafile?.outputs ?? {}).find(({ entryPoint }) => entryPoint)?.inputs ?? {},
      );
      const folders = inputs
        .filter(([, { bytesInOutput }]) => bytesInOutput > 0)
        .flatMap(([path]) => /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+\//.exec(path) ?? []);
      const notices = [...new Set(folders)].map(async (folder) => {
        const { name, version, license } = JSON.parse(await readFile(join(root, folder, 'package.json'), 'utf8'));
        return {
          title: `${name} ${version} (${license})`,
          text: await readFile(join(root, folder, 'LICENSE'), 'utf8'),
        };
      });
      // In a fresh clone, the licences can be there before the first output.
      await mkdir(join(root, dirname(LICENSES)), { recursive: true });
      await writeFile(join(root, LICENSES), renderLicenses(await Promise.all(notices)));
    });
  },
};

/** Each text once, under the packages that it is for. */
function renderLicenses(notices: readonly { readonly title: string; readonly text: string }[]): string {
  const texts = [...new Set(notices.map(({ text }) => text))];
  const parts = texts.map((text) => {
    const titles = notices.filter((notice) => notice.text === text).map(({ title }) => title);
    return `${titles.sort().join('\n')}\n\n${text.trimEnd()}\n`;
  });
  return `This package contains code of the following packages.\n\n${parts.join(`\n${'-'.repeat(80)}\n\n`)}`;
}

/**
 * A build that holds the OpenTelemetry SDK that it uses, so that a program can have another version of the SDK, or
 * another line of it, and no package manager has to reconcile the two.
 *
 * @param packages those of Planscope that it holds, too, from their sources: only what it uses of them
 */
export function bundledBuild(
  entry: Record<string, string>,
  overrides: Options = {},
  packages: readonly RegExp[] = [],
): ReturnType<typeof defineConfig> {
  return packageBuild(entry, {
    noExternal: [/^@planscope\/internal\//, SDK, ...packages],
    esbuildOptions: (options) => {
      options.sourcesContent = false;
      options.mainFields = ['module', 'main'];
      options.conditions = ['@planscope/source'];
    },
    esbuildPlugins: [shortManifest, importRequired, keepLicenses],
    ...overrides,
  });
}
