import { renderTextKinds } from '../packages/semconv/src/index.ts';
import { schemas } from './schemas.ts';

const BEGIN = '<!-- kinds of texts: begin, written by `pnpm schema` -->';
const END = '<!-- kinds of texts: end -->';

/** A document with its part about the kinds of texts as the registries have them. */
export function textKindsIn(document: string): string {
  const [before, rest] = document.split(BEGIN);
  const after = rest?.split(END)[1];
  if (before === undefined || after === undefined) throw new Error(`the document lacks "${BEGIN}" or "${END}"`);
  return `${before}${BEGIN}\n\n${renderTextKinds(schemas)}\n\n${END}${after}`;
}
