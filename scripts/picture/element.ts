type AttributeValue = string | number | undefined;

/** An SVG element as text; what is undefined is left out, and texts are escaped. */
export function element(
  name: string,
  attributes: Readonly<Record<string, AttributeValue>>,
  content: string | readonly string[] = '',
): string {
  const written = Object.entries(attributes)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => ` ${key}="${typeof value === 'number' ? round(value) : escapeText(value ?? '')}"`);
  const inner = typeof content === 'string' ? escapeText(content) : content.join('\n');
  return inner === '' ? `<${name}${written.join('')}/>` : `<${name}${written.join('')}>${inner}</${name}>`;
}

/** A line of text at a place; `end` sets it before the place. */
export function text(x: number, y: number, content: string, className?: string, anchor?: 'end'): string {
  return element('text', { x, y, class: className, 'text-anchor': anchor }, content);
}

function escapeText(content: string): string {
  return content.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
