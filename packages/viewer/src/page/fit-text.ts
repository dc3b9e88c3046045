const context = document.createElement('canvas').getContext('2d');
const family = getComputedStyle(document.documentElement).getPropertyValue('--sans');

/** Widths of texts in pixels, measured once. */
const widths = new Map<string, number>();
const KEPT = 20_000;

/**
 * A text, shortened to what fits into a width.
 * @param width pixels
 * @param font size and weight, such as `600 13px`
 */
export function fitText(text: string, width: number, font: string): string {
  // No character of the fonts is narrower than two pixels.
  const start = text.slice(0, Math.ceil(width / 2));
  if (start.length === text.length && widthOf(text, font) <= width) return text;
  let [fits, tooLong] = [0, start.length + 1];
  while (tooLong - fits > 1) {
    const middle = (fits + tooLong) >> 1;
    if (widthOf(`${start.slice(0, middle)}…`, font) <= width) fits = middle;
    else tooLong = middle;
  }
  return fits === 0 ? '' : `${start.slice(0, fits).trimEnd()}…`;
}

/** Width of a text in pixels. */
export function widthOf(text: string, font: string): number {
  if (context === null) return text.length * 7;
  const key = `${font} ${text}`;
  const known = widths.get(key);
  if (known !== undefined) return known;
  context.font = `${font} ${family}`;
  const { width } = context.measureText(text);
  if (widths.size >= KEPT) widths.clear();
  widths.set(key, width);
  return width;
}
