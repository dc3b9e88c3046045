import { defineConfig, type Options } from 'tsup';

/**
 * Both module systems with types, from the given entry points; every package builds the same way.
 * @param overrides what a package needs besides
 */
export function packageBuild(entry: Record<string, string>, overrides: Options = {}): ReturnType<typeof defineConfig> {
  const options: Options = {
    entry,
    format: ['esm', 'cjs'],
    // Types are checked by `pnpm typecheck`; checking them here again doubles the time of a build.
    dts: { compilerOptions: { noCheck: true, stripInternal: true } },
    sourcemap: true,
    clean: true,
    target: 'node20',
    platform: 'node',
    splitting: true,
    ...overrides,
  };
  return defineConfig(options);
}
