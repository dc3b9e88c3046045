import { duration, misestimate, percent, quantityText, shortCount } from '@planscope/internal/quantity';
import type { Operator, Run } from '@planscope/run-model';
import { edgePath, edgeWidth, layOutPlan, type PlacedOperator } from '../plan/lay-out-plan.ts';
import { operatorName, operatorSubject } from '../plan/operator-label.ts';
import { indexPlan, type PlanIndex, shareOf } from '../plan/plan-measures.ts';
import { runTitle } from '../text/run-title.ts';
import { decimal, shorten, svgDocument, svgRectangle, svgText } from './svg-text.ts';

const MARGIN = 20;
const TOP = 48;
const CARD = { width: 224, height: 68 };

/** The operators of a run as boxes, consumers above their inputs, with rows, estimates and shares of compute time. */
export function drawPlan(run: Run): string {
  const plan = indexPlan(run);
  if (plan.operators.length === 0) throw new RangeError(`[planscope/viewer] run ${run.id} has no operators to draw`);
  const layout = layOutPlan(plan, () => CARD);
  const took = run.duration === undefined ? '' : `: ${quantityText(duration(run.duration))}`;
  const title = `${runTitle(run)}${took}`;
  const width = Math.max(layout.width, 420) + 2 * MARGIN;
  const height = layout.height + TOP + MARGIN;
  const left = (width - layout.width) / 2;
  return svgDocument(width, height, title, [
    svgRectangle(0.5, 0.5, width - 1, height - 1, 'ground'),
    svgText(MARGIN, 30, shorten(title, Math.floor((width - 2 * MARGIN) / 7.2)), 'title'),
    `<g transform="translate(${decimal(left)} ${TOP})">`,
    ...layout.edges.flatMap((edge) => {
      const { from, to, rows, shared } = edge;
      const style = shared ? 'edge shared' : 'edge';
      const middle = (from.x + from.width / 2) * 0.75 + (to.x + to.width / 2) * 0.25;
      return [
        `<path d="${edgePath(edge)}" stroke-width="${decimal(edgeWidth(rows, plan.most.rows))}" class="${style}"/>`,
        svgText(middle + 8, from.y - 12, rows === undefined ? '' : shortCount(rows), 'quiet'),
      ];
    }),
    ...layout.operators.flatMap((placed) => drawCard(placed, plan)),
    '</g>',
  ]);
}

function drawCard({ operator, x, y, width, height }: PlacedOperator, plan: PlanIndex): string[] {
  const share = shareOf(plan, operator, 'compute');
  const off = misestimate(operator.rows, operator.estimatedRows);
  const heat = share === undefined ? 0 : 0.5 * Math.sqrt(Math.min(1, share));
  return [
    svgRectangle(x, y, width, height, operator.error === undefined ? 'card' : 'card failed'),
    heat > 0.02 ? svgRectangle(x, y, width, height, 'heat', ` fill-opacity="${heat.toFixed(2)}"`) : '',
    svgText(x + 10, y + 20, shorten(operatorName(operator), 22), 'title'),
    svgText(x + width - 10, y + 20, computeText(operator, share), 'end'),
    svgText(x + 10, y + 38, shorten(operatorSubject(operator), 30), 'quiet'),
    svgText(
      x + 10,
      y + 56,
      operator.rows === undefined ? '' : `${shortCount(operator.rows)} ${operator.rows === 1 ? 'row' : 'rows'}`,
    ),
    svgText(
      x + width - 10,
      y + 56,
      off === undefined ? '' : `${off.text} than est.`,
      `end ${off !== undefined && off.factor >= 10 ? 'far' : 'quiet'}`,
    ),
  ];
}

function computeText({ compute }: Operator, share: number | undefined): string {
  if (compute === undefined) return '';
  return share === undefined ? quantityText(duration(compute)) : percent(share);
}
