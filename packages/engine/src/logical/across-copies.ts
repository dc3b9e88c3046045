/**
 * Makes `instanceof` work for instances from any copy of this package. A program may load it as ESM and as CommonJS,
 * and a rule that does not recognize nodes would silently do nothing.
 *
 * @param name name of the class, the same in every copy
 */
export function acrossCopies(type: { readonly prototype: object }, name: string): void {
  const marker = Symbol.for(`planscope.engine.${name}`);
  const ordinary = Function.prototype[Symbol.hasInstance];
  Object.defineProperty(type.prototype, marker, { value: true });
  Object.defineProperty(type, Symbol.hasInstance, {
    value(this: unknown, value: unknown): boolean {
      if (this !== type) return ordinary.call(this as () => void, value);
      return typeof value === 'object' && value !== null && marker in value;
    },
  });
}
