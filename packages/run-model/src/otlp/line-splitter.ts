/** A line with its number from 1; undefined if it was longer than the limit. */
export interface NumberedLine {
  readonly number: number;
  readonly text: string | undefined;
}

/** Pieces of a text, in bytes of UTF-8 or as strings, wherever it is cut. */
export type TextChunks = AsyncIterable<Uint8Array | string> | Iterable<Uint8Array | string>;

/**
 * The lines of a text that comes in pieces. It holds one line at a time, and of a line beyond the limit nothing.
 *
 * @param limit most UTF-16 code units of a line
 */
export async function* splitLines(chunks: TextChunks, limit: number): AsyncGenerator<NumberedLine> {
  const decoder = new TextDecoder();
  let line = '';
  let isTooLong = false;
  let number = 1;
  const take = (piece: string): void => {
    if (!isTooLong && line.length + piece.length <= limit) line += piece;
    else if (piece !== '') {
      isTooLong = true;
      line = '';
    }
  };
  const finish = (): NumberedLine => {
    const finished = { number, text: isTooLong ? undefined : line };
    [line, isTooLong, number] = ['', false, number + 1];
    return finished;
  };
  for await (const chunk of chunks) {
    const text = typeof chunk === 'string' ? chunk : decoder.decode(chunk, { stream: true });
    let from = 0;
    for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n', from)) {
      take(text.slice(from, end));
      yield finish();
      from = end + 1;
    }
    take(text.slice(from));
  }
  take(decoder.decode());
  if (line !== '' || isTooLong) yield finish();
}
