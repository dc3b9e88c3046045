import { FIELD_ESTIMATED_ROWS } from '@planscope/semconv';

/** The part of an operator that a plan shows. */
export interface ShownOperator {
  readonly id: string;
  readonly parentId?: string | undefined;
  readonly name: string;
  readonly fields: readonly { readonly key: string; readonly text: string | readonly string[] }[];
}

/** One line of a plan. */
export interface PlanLine<Of extends ShownOperator> {
  readonly operator: Of;
  /** From 0 at the top. */
  readonly depth: number;
  /** Name and fields, without the estimate, which differs with the data. */
  readonly label: string;
}

/** The operators of a run as lines, from the top, each before its inputs. */
export function planLines<Of extends ShownOperator>(operators: readonly Of[]): PlanLine<Of>[] {
  const depths = new Map<string, number>();
  return operators.map((operator) => {
    const above = operator.parentId === undefined ? undefined : depths.get(operator.parentId);
    const depth = above === undefined ? 0 : above + 1;
    depths.set(operator.id, depth);
    return { operator, depth, label: labelOf(operator) };
  });
}

function labelOf({ name, fields }: ShownOperator): string {
  const told = fields.filter(({ key }) => key !== FIELD_ESTIMATED_ROWS);
  const texts = told.map(({ key, text }) => `${key}=${typeof text === 'string' ? text : `[${text.join(', ')}]`}`);
  return texts.length === 0 ? name : `${name}: ${texts.join(', ')}`;
}
