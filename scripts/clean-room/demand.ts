/** A check that did not hold. */
class CheckFailure extends Error {
  override readonly name: string = 'CheckFailure';
}

/** Fails the check it is called in, unless something holds. */
export function demand(holds: boolean, otherwise: string): asserts holds {
  if (!holds) throw new CheckFailure(otherwise);
}
