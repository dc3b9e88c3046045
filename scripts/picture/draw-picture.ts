import type { TreeSpan } from '../../packages/bootstrap/src/console/tree-rows.ts';
import { drawPanel, element, LINE, MARGIN, milliseconds, panelHeight, STYLE_SHEET, text, WIDTH } from './panel.ts';
import { pictureRows, previewPanel, scanPanel } from './picture-rows.ts';
import { waterfall } from './waterfall.ts';

const TITLE_AT = 30;
const WATERFALL_AT = 58;
const GAP = 12;
const KEY_WIDTH = 272;

/** The picture of one trace, as SVG: a waterfall, what one scan says of itself, and a preview. */
export function drawPicture(spans: readonly TreeSpan[]): string {
  const rows = pictureRows(spans);
  const [first] = rows;
  if (first === undefined) throw new Error('the trace has no spans to draw');
  const run = first.span;
  const title = `${run.name}: ${milliseconds(Number(run.end - run.start))}, ${spans.length} spans`;

  const panels = [scanPanel(spans), previewPanel(spans)].filter((panel) => panel !== undefined);
  const panelsAt = WATERFALL_AT + (rows.length + 1) * LINE + GAP;
  const panelsHeight = Math.max(0, ...panels.map(panelHeight));
  const panelWidth = (WIDTH - 2 * MARGIN - GAP) / 2;
  const height = panelsAt + panelsHeight + MARGIN;

  const content = [
    element('title', {}, title),
    element('style', {}, [STYLE_SHEET]),
    element('rect', { x: 0.5, y: 0.5, width: WIDTH - 1, height: height - 1, rx: 6, class: 'ground' }),
    text(MARGIN, TITLE_AT, title, 'title'),
    text(WIDTH - MARGIN, TITLE_AT, 'hollow: ran somewhere in this window   +n: spans folded here', 'quiet', 'end'),
    ...waterfall(rows, run, WATERFALL_AT),
    ...panels.flatMap((panel, index) =>
      drawPanel(panel, MARGIN + index * (panelWidth + GAP), panelsAt, panelWidth, panelsHeight, KEY_WIDTH),
    ),
  ];
  const box = `0 0 ${WIDTH} ${Math.ceil(height)}`;
  const attributes = { xmlns: 'http://www.w3.org/2000/svg', viewBox: box, role: 'img', 'xml:space': 'preserve' };
  return `${element('svg', attributes, content)}\n`;
}
