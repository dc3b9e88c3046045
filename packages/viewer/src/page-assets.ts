import { bundlePage, type PageAssets } from './bundle-page.ts';

let bundled: PageAssets | undefined;

/** The page's program and style. The build of the package replaces this module by one that contains both texts. */
export function pageAssets(): PageAssets {
  bundled ??= bundlePage();
  return bundled;
}
