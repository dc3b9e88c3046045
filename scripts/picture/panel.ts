import { element, text } from './element.ts';
import { LINE } from './look.ts';

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
