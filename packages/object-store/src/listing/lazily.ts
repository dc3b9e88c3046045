/** The source's items; the source is made when the first is asked for. */
export async function* lazily<Item>(source: () => AsyncIterable<Item>): AsyncGenerator<Item> {
  yield* source();
}
