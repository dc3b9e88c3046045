/**
 * A node in one line, its name first: `FilterExec: delay > 10`. A description that begins with the name is taken as it
 * is; line breaks become spaces.
 */
export function describeNode(node: { readonly name: string; describe(): string }): string {
  const description = node
    .describe()
    .replace(/\s*[\r\n\u2028\u2029]+\s*/g, ' ')
    .trim();
  if (description === '' || description === node.name) return node.name;
  const rest = description.startsWith(node.name) ? description.slice(node.name.length) : undefined;
  return rest !== undefined && /^\W/.test(rest) ? description : `${node.name}: ${description}`;
}
