import type { Block } from './document.ts';

/** A program made of blocks, which knows where each of its lines comes from. */
export interface SourceChain {
  readonly block: Block;
  readonly code: string;
  /** The place in the document of a line of the program, from 0; of code that a comment gives, that of its block. */
  readonly placeOf: (line: number) => { readonly file: string; readonly line: number };
}

/**
 * The program of each block: what its comment gives, and before that, where it continues, all of the block before it.
 *
 * @param blocks those of one document and one kind, in order
 * @throws where the first one continues
 */
export function sourceChains(blocks: readonly Block[]): SourceChain[] {
  const chains: SourceChain[] = [];
  for (const block of blocks) {
    const previous = block.directive.continues ? chains.at(-1) : undefined;
    if (block.directive.continues && previous === undefined) {
      throw new Error(`${block.file}:${block.line}: there is no block before this one to continue`);
    }
    const before = [previous?.code, block.directive.given].filter((part) => part !== undefined).join('\n');
    const offset = before === '' ? 0 : before.split('\n').length;
    const inherited = previous?.code.split('\n').length ?? 0;
    chains.push({
      block,
      code: before === '' ? block.code : `${before}\n${block.code}`,
      placeOf: (line) => {
        if (previous !== undefined && line < inherited) return previous.placeOf(line);
        return { file: block.file, line: block.line + Math.max(0, line - offset) };
      },
    });
  }
  return chains;
}
