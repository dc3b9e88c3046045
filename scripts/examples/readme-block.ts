/**
 * The first fenced block of a language in a README.
 *
 * @throws when there is none
 */
export function readmeBlock(readme: string, language: string): string {
  const block = new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, 'ms').exec(readme)?.[1];
  if (block === undefined) throw new Error(`README.md has no block of ${language}`);
  return block;
}

/**
 * A text without what differs from run to run: times, identities, ports, and the spaces that line columns up.
 */
export function stableText(text: string): string {
  return text
    .replace(/\d+(\.\d+)? (ms|s)\b/g, '# $2')
    .replace(/\b([0-9a-f]{32}|[0-9a-f]{16})\b/g, '#')
    .replace(/127\.0\.0\.1:\d+/g, '127.0.0.1:#')
    .replace(/(?<=\S) +/g, ' ')
    .trim();
}
