/** Fonts and colours of the pictures, in the names that the page uses. */
const SVG_STYLE = `text{font:12px ui-sans-serif,system-ui,-apple-system,"Segoe UI",Roboto,"DejaVu Sans",sans-serif;fill:#1b1f24;white-space:pre}
.title{font-weight:600;font-size:13px}.quiet{fill:#5a636e}.end{text-anchor:end}.middle{text-anchor:middle}.far{fill:#a4480b}
.ground{fill:#fff;stroke:#d5dae0}.grid{stroke:#dfe3e8}.edge{fill:none;stroke:#c3cad3}.shared{stroke-dasharray:4 3}
.heat{fill:#e0661b}.card{fill:#fff;stroke:#c3cad3}.failed{stroke:#c62828}
.run,.query,.custom,.probe{fill:#6e7781}.phase{fill:#7c4dd6}.rule{fill:#a98be6}.stage,.task{fill:#0f7f8a}.operator{fill:#1f6fd1}.storage{fill:#1a7f4b}
.hollow{fill-opacity:.08;stroke:#1f6fd1;stroke-dasharray:3 2}.hatched{fill-opacity:.5}.invented{fill-opacity:.2}
@media(prefers-color-scheme:dark){text{fill:#e4e8ed}.quiet{fill:#9aa4b0}.far{fill:#f0a368}
.ground{fill:#14181d;stroke:#2f363e}.grid{stroke:#2a3037}.edge{stroke:#48515b}.card{fill:#1b2026;stroke:#48515b}
.run,.query,.custom,.probe{fill:#8b949e}.phase{fill:#a584ee}.rule{fill:#c9b5f5}.stage,.task{fill:#3cb5c0}.operator{fill:#5a9cf0}.storage{fill:#4cbb82}.hollow{stroke:#5a9cf0;fill-opacity:.15}}`;

/**
 * A text; empty for an empty text.
 * @param aside follows it in a quiet colour
 */
export function svgText(x: number, y: number, content: string, style = '', aside = ''): string {
  if (content === '') return '';
  const className = style === '' ? '' : ` class="${style}"`;
  const more = aside === '' ? '' : `<tspan class="quiet">  ${escapeXml(aside)}</tspan>`;
  return `<text x="${decimal(x)}" y="${decimal(y)}"${className}>${escapeXml(content)}${more}</text>`;
}

export function svgRectangle(x: number, y: number, width: number, height: number, style: string, rest = ''): string {
  return `<rect x="${decimal(x)}" y="${decimal(y)}" width="${decimal(width)}" height="${decimal(height)}" rx="3" class="${style}"${rest}/>`;
}

/** The whole picture. */
export function svgDocument(width: number, height: number, title: string, parts: readonly string[]): string {
  const content = parts.filter((part) => part !== '').join('\n');
  const size = `viewBox="0 0 ${Math.ceil(width)} ${Math.ceil(height)}" width="${Math.ceil(width)}"`;
  return `<svg xmlns="http://www.w3.org/2000/svg" ${size} role="img" xml:space="preserve"><title>${escapeXml(title)}</title>\n<style>${SVG_STYLE}</style>\n${content}</svg>\n`;
}

/** Cut to a number of characters. */
export function shorten(content: string, most: number): string {
  return content.length > most ? `${content.slice(0, Math.max(0, most - 1))}…` : content;
}

export function decimal(value: number): string {
  return String(Math.round(value * 10) / 10);
}

function escapeXml(content: string): string {
  return content.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
