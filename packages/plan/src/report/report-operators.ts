import type { EngineReport, OperatorReport, StageReport } from './engine-report.ts';

/** An operator with the stage it ran in, if it ran in one. */
export interface PlacedOperator {
  readonly operator: OperatorReport;
  readonly stage?: StageReport;
}

/** Every operator of a report, parents first: those of no stage, then stage by stage. */
export function* reportOperators({ operators = [], stages = [] }: EngineReport): Generator<PlacedOperator> {
  for (const operator of operatorsBelow(operators)) yield { operator };
  for (const stage of stages) {
    for (const operator of operatorsBelow(stage.operators ?? [])) yield { operator, stage };
  }
}

/** The operators and all below them, parents first. */
export function* operatorsBelow(roots: readonly OperatorReport[]): Generator<OperatorReport> {
  const left = roots.toReversed();
  for (let operator = left.pop(); operator !== undefined; operator = left.pop()) {
    yield operator;
    left.push(...operator.children.toReversed());
  }
}
