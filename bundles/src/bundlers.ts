import { join } from 'node:path';
import commonjsModule from '@rollup/plugin-commonjs';
import { nodeResolve } from '@rollup/plugin-node-resolve';
import { type BuildOptions, build } from 'esbuild';
import { rollup } from 'rollup';
import webpack from 'webpack';

const DRIVER = '@duckdb/node-api';

// Its types are those of CommonJS, where the function would be a member of what is imported.
const commonjs = commonjsModule as unknown as typeof commonjsModule.default;

/** Programs that a bundler made, each in one file, and its warnings about our own packages. */
interface Bundled {
  readonly files: readonly string[];
  readonly warnings: readonly string[];
}

/** Bundles a program into a folder. */
type Bundler = (entry: string, folder: string) => Promise<Bundled>;

/** Each is configured as docs/deployment.md shows it. */
export const bundlers: Readonly<Record<string, Bundler>> = {
  'esbuild, ESM': (entry, folder) => {
    // A program that is CommonJS brings packages that require modules of Node.js.
    const require = "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);";
    const banner = entry.endsWith('.cjs') ? { banner: { js: require } } : {};
    return withEsbuild('esbuild.mjs', { format: 'esm', external: [DRIVER], ...banner })(entry, folder);
  },
  'esbuild, CommonJS': withEsbuild('esbuild.cjs', { format: 'cjs', external: [DRIVER] }),
  'esbuild, with the driver except for its native module': withEsbuild('esbuild-driver.cjs', {
    format: 'cjs',
    external: ['*.node'],
  }),
  'rollup, ESM and CommonJS': withRollup({ 'rollup.mjs': 'es', 'rollup.cjs': 'cjs' }),
  webpack: async (entry, folder) => {
    const compiler = webpack({
      mode: 'production',
      target: 'node',
      // Shorter names are what the bundles of esbuild have; this takes half a minute.
      optimization: { minimize: false },
      entry,
      externals: { [DRIVER]: `commonjs ${DRIVER}` },
      output: { path: folder, filename: 'webpack.cjs' },
    });
    const stats = await new Promise<webpack.Stats | undefined>((resolve, reject) => {
      compiler?.run((error, result) => (error ? reject(error) : resolve(result)));
    });
    if (stats === undefined || stats.hasErrors()) throw new Error(stats?.toString() ?? 'webpack made no bundle');
    const warnings = stats.toJson({ all: false, warnings: true }).warnings ?? [];
    return { files: [join(folder, 'webpack.cjs')], warnings: warnings.map(({ message }) => message) };
  },
};

function withEsbuild(name: string, options: BuildOptions): Bundler {
  return async (entry, folder) => {
    const file = join(folder, name);
    const { warnings } = await build({
      ...options,
      entryPoints: [entry],
      bundle: true,
      minify: true,
      platform: 'node',
      outfile: file,
      logLevel: 'silent',
    });
    return { files: [file], warnings: warnings.map(({ text }) => text) };
  };
}

/** Reads the program once for all formats, which takes most of its time. */
function withRollup(formats: Readonly<Record<string, 'es' | 'cjs'>>): Bundler {
  return async (entry, folder) => {
    const warnings: string[] = [];
    const bundle = await rollup({
      input: entry,
      external: [DRIVER],
      plugins: [nodeResolve({ exportConditions: ['node'], preferBuiltins: true }), commonjs()],
      onwarn: ({ code, id, ids = id === undefined ? [] : [id], message }) => {
        // Arrow and zod import in circles and have misplaced annotations.
        if (ids.some((path) => path.includes('@planscope')) || code === 'UNRESOLVED_IMPORT') warnings.push(message);
      },
    });
    const files: string[] = [];
    for (const [name, format] of Object.entries(formats)) {
      const file = join(folder, name);
      await bundle.write({ format, file, inlineDynamicImports: true });
      files.push(file);
    }
    await bundle.close();
    return { files, warnings };
  };
}
