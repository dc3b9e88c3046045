/** What a comment before a block asks of the check: `<!-- check: continues, run -->`. */
export interface Directive {
  /** The code goes on from the block of the same kind before it. */
  readonly continues?: true;
  /** The code is run, and has to end by itself without an error. */
  readonly run?: true;
  /** It is run, and prints what the comments at its `console.log` say, in this order. */
  readonly prints?: true;
  /** The text is what the block before it prints. */
  readonly output?: true;
  /** The JSON or YAML is a tracing configuration. */
  readonly config?: true;
  /** Code that the reader has already: what follows `given:`, up to the end of the comment. */
  readonly given?: string;
  /** Why it cannot be checked: what follows `skip:`. */
  readonly skip?: string;
}

const flags = ['continues', 'run', 'prints', 'output', 'config'] as const;
const COMMENT = /^<!--\s*check:([\s\S]*?)-->\s*$/;

/**
 * Reads a comment for the check; undefined for any other.
 *
 * @param place where it is, for the message
 * @throws where it asks for something unknown
 */
export function readDirective(html: string, place: string): Directive | undefined {
  const [, body] = COMMENT.exec(html) ?? [];
  if (body === undefined) return undefined;
  const [, words = '', kind, rest] = /^([\s\S]*?)(?:\b(given|skip):([\s\S]*))?$/.exec(body) ?? [];
  const directive: Record<string, unknown> = {};
  for (const word of words.split(',').map((part) => part.trim())) {
    if (word === '') continue;
    if (!flags.some((flag) => flag === word)) {
      throw new Error(`${place}: "${word}" is nothing the check knows; use ${flags.join(', ')}, given: or skip:`);
    }
    directive[word] = true;
  }
  if (kind !== undefined) {
    const text = rest?.trim() ?? '';
    if (text === '') throw new Error(`${place}: ${kind}: says nothing`);
    directive[kind] = text;
  }
  if (Object.keys(directive).length === 0) throw new Error(`${place}: the comment asks for nothing`);
  return directive as Directive;
}
