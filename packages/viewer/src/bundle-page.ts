import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildSync } from 'esbuild';

/** The page's program and style, each as one text without imports. */
export interface PageAssets {
  readonly script: string;
  readonly style: string;
}

/** Bundles the page from its sources. The build of the package, and whatever runs from its sources, use it. */
export function bundlePage(): PageAssets {
  const bundle = (file: string): string => {
    const { outputFiles } = buildSync({
      entryPoints: [fileURLToPath(new URL(file, import.meta.url))],
      bundle: true,
      write: false,
      minify: true,
      format: 'iife',
      // `light-dark()` in the style is as new.
      target: ['chrome123', 'firefox120', 'safari17.5'],
      jsx: 'automatic',
      jsxImportSource: 'preact',
      charset: 'utf8',
      legalComments: 'none',
      conditions: ['@planscope/source'],
    });
    return outputFiles[0]?.text.trim() ?? '';
  };
  return { script: `${bundle('page/main.tsx')}\n/*\n${licenses()}\n*/`, style: bundle('page/page.css') };
}

/** The licenses of the libraries in the page, which each copy of the page has to include. */
function licenses(): string {
  const require = createRequire(import.meta.url);
  const flextree = require.resolve('d3-flextree');
  const entries = {
    preact: require.resolve('preact'),
    'd3-flextree': flextree,
    'd3-hierarchy': createRequire(flextree).resolve('d3-hierarchy'),
  };
  return Object.entries(entries)
    .map(([name, entry]) => `${name}\n\n${readFileSync(join(dirname(entry), '..', 'LICENSE'), 'utf8').trim()}`)
    .join('\n\n');
}
