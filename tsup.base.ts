import { readFile } from 'node:fs/promises';
import { defineConfig, type Options } from 'tsup';
import { writeDeclarations } from './tsup.declarations.ts';

type Plugin = NonNullable<Options['esbuildPlugins']>[number];

/** The sources use the name and version of their `package.json`; the rest of it stays out of the build. */
export const shortManifest: Plugin = {
  name: 'short-manifest',
  setup(build) {
    build.onLoad({ filter: /\/package\.json$/ }, async ({ path }) => {
      const { name, version } = JSON.parse(await readFile(path, 'utf8'));
      return { contents: JSON.stringify({ name, version }), loader: 'json' };
    });
  },
};

/**
 * Types that a program of the compiler writes, for a package whose sources do not say them all. They are checked by
 * `pnpm typecheck`; checking them here again doubles the time of a build.
 */
export const inferredTypes: Options['dts'] = { compilerOptions: { noCheck: true, stripInternal: true } };

/**
 * Both module systems with types, from the given entry points; every package builds the same way.
 * @param overrides what a package needs besides
 */
export function packageBuild(entry: Record<string, string>, overrides: Options = {}): ReturnType<typeof defineConfig> {
  const hasSharedCode = Object.keys(entry).length > 1;
  const options: Options = {
    entry,
    format: ['esm', 'cjs'],
    ...(overrides.dts === undefined && { onSuccess: () => writeDeclarations(entry) }),
    sourcemap: true,
    // The sources are published; a map that held them once more would double the size of a package.
    esbuildOptions: (options) => {
      options.sourcesContent = false;
    },
    clean: true,
    target: 'node20',
    // Private: what a package uses of it becomes part of its build, and nothing of it may be left as an import.
    noExternal: [/^@planscope\/internal\//],
    platform: 'node',
    esbuildPlugins: [shortManifest],
    splitting: hasSharedCode,
    // Left to itself, tsup makes the CommonJS of shared code with Sucrase, which takes the names from classes and turns
    // `?.` and `??` into calls of closures. Rollup does not, and merely says twice where the source map is.
    // Imports of modules of which nothing is used go, too: bundlers warn of them, as no package has side effects.
    treeshake: hasSharedCode && { moduleSideEffects: 'no-external' },
    ...overrides,
  };
  return defineConfig(options);
}
