/** An id of an element without spaces, from an id of a trace, which may have any characters. */
export function elementId(prefix: string, id: string): string {
  return `${prefix}-${id.replaceAll(/[^\w.-]/g, (character) => `_${character.charCodeAt(0).toString(16)}`)}`;
}
