import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { type Document, type Finding, finding } from './document.ts';

/**
 * Links within the repository that lead nowhere.
 *
 * @param root path of the repository
 */
export function checkLinks(documents: readonly Document[], root: string): Finding[] {
  const anchorsOf = new Map(documents.map(({ file, anchors }) => [file, anchors]));
  return documents.flatMap(({ file, links }) =>
    links.flatMap((link) => {
      const [path = '', anchor] = decodeURI(link.target).split('#');
      const target = path === '' ? file : normalize(join(dirname(file), path));
      if (target.startsWith('..') || !existsSync(join(root, target))) {
        return [finding(link, `${link.target} leads to nothing`)];
      }
      if (anchor === undefined || anchor === '') return [];
      const anchors =
        anchorsOf.get(target) ?? anchorsOf.get(join(target, 'README.md')) ?? lineAnchors(join(root, target));
      return anchors.has(anchor) ? [] : [finding(link, `${target} has no heading #${anchor}`)];
    }),
  );
}

/** The anchors of lines of a source file, as `#L12`. */
function lineAnchors(path: string): ReadonlySet<string> {
  if (!statSync(path).isFile()) return new Set();
  const lines = readFileSync(path, 'utf8').split('\n').length;
  return new Set(Array.from({ length: lines }, (_, index) => `L${index + 1}`));
}
