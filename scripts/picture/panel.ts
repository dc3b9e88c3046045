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

/** Nanoseconds as milliseconds, with as many digits as tell something. */
export function milliseconds(nanoseconds: number): string {
  const value = nanoseconds / 1e6;
  if (value < 0.01) return '< 0.01 ms';
  return `${value.toFixed(value < 1 ? 2 : value < 100 ? 1 : 0)} ms`;
}

export function count(value: unknown): string {
  return typeof value === 'number' ? value.toLocaleString('en-US') : '';
}

/** Measures of the picture, in its own units. */
export const WIDTH = 1000;
export const MARGIN = 16;
export const LINE = 20;
/** Width of one character of the monospaced font at its size. */
export const CHARACTER = 7.23;

/** Colours are legible on the picture's own ground, which follows the reader's choice of light or dark. */
export const STYLE_SHEET = `
text { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; font-size: 12px; fill: #1f2328 }
.ground { fill: #ffffff; stroke: #d0d7de }
.panel { fill: #f6f8fa; stroke: #d0d7de }
.title { font-weight: 600; font-size: 14px }
.heading { font-weight: 600 }
.quiet { fill: #59636e }
.grid { stroke: #d0d7de; stroke-dasharray: 2 3 }
.guide { stroke: #d0d7de }
.bar { rx: 2px }
.run { fill: #6e7781 } .phase { fill: #8250df } .rule { fill: #a475f9 } .operator { fill: #0969da } .storage { fill: #1a7f37 }
.window { fill-opacity: .1; stroke-width: 1; stroke-dasharray: 3 2 }
.window.operator { stroke: #0969da }
@media (prefers-color-scheme: dark) {
text { fill: #e6edf3 }
.ground { fill: #0d1117; stroke: #3d444d }
.panel { fill: #151b23; stroke: #3d444d }
.quiet { fill: #9198a1 }
.grid, .guide { stroke: #3d444d }
.run { fill: #9198a1 } .phase { fill: #ab7df8 } .rule { fill: #cdb2ff } .operator { fill: #4493f8 } .storage { fill: #3fb950 }
.window { fill-opacity: .18 }
.window.operator { stroke: #4493f8 }
}`;

const ROUND = [1, 2, 5, 10];
const MOST = 6;

/** Round numbers from 0 to an end, as few as fit an axis. */
export function ticks(end: number): number[] {
  const power = 10 ** Math.floor(Math.log10(end / MOST));
  const step = power * (ROUND.find((factor) => end / (power * factor) < MOST) ?? 10);
  return Array.from({ length: Math.floor(end / step) + 1 }, (_, index) => index * step);
}

const PADDING = 12;
const LEADING = LINE - 4;

/** A box of lines under a heading; a line of two parts has its first one set quietly. */
export interface Panel {
  readonly heading: string;
  readonly lines: readonly (string | readonly [key: string, value: string])[];
}

export function panelHeight({ lines }: Panel): number {
  return PADDING * 2 + LINE + lines.length * LEADING;
}

/** @param keyWidth where the second part of a line is, from the panel's edge */
export function drawPanel(
  panel: Panel,
  x: number,
  y: number,
  width: number,
  height: number,
  keyWidth: number,
): string[] {
  const first = y + PADDING + 10;
  return [
    element('rect', { x, y, width, height, rx: 4, class: 'panel' }),
    text(x + PADDING, first, panel.heading, 'heading'),
    ...panel.lines.flatMap((entry, index) => {
      const at = first + LINE + 2 + index * LEADING;
      if (typeof entry === 'string') return [text(x + PADDING, at, entry)];
      return [text(x + PADDING, at, entry[0], 'quiet'), text(x + keyWidth, at, entry[1])];
    }),
  ];
}
