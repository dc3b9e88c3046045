import type { SourceCode } from './source-codes.ts';

/** A code that the page explains. */
export interface PageCode extends SourceCode {
  readonly meaning: string;
  readonly advice: string;
}

const HEADING = /^## @planscope\/(\S+)$/;
const ROW = /^\| <a id="([^"]*)"><\/a>`([^`]+)` \| (.*) \| (.*) \|$/;

/**
 * Reads the page of codes: tables below the heading of their package, each row with an anchor
 * `package.carrier.code`, the code, its meaning and what to do.
 *
 * @throws for a row of another form, or one whose anchor says something else
 */
export function readPageCodes(markdown: string): PageCode[] {
  const codes: PageCode[] = [];
  let heading = '';
  markdown.split('\n').forEach((line, index) => {
    heading = HEADING.exec(line)?.[1] ?? heading;
    if (!line.startsWith('|') || /^\| (Code|-+) \|/.test(line)) return;
    const [, id = '', code = '', meaning = '', advice = ''] = ROW.exec(line) ?? [];
    const [name = '', carrier = ''] = id.split('.');
    if (id !== `${heading}.${carrier}.${code}` || meaning === '' || advice === '') {
      throw new Error(
        `line ${index + 1}: a row is | <a id="${heading}.carrier.code"></a>\`code\` | meaning | what to do |`,
      );
    }
    codes.push({ package: name, carrier, code, meaning, advice });
  });
  return codes;
}
