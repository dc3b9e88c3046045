import { describeNode } from '../node/describe-node.ts';
import type { EngineReport, OperatorReport } from '../report/engine-report.ts';
import { displayReportedPlan, type PlanReport } from '../report/reported-plan.ts';
import { metricDocuments } from './metric-documents.ts';
import type { EngineDocument, EngineNodeDocument, PlanGraph, PlanningDocument } from './plan-document.ts';
import { redactText, type TextRedactor } from './text-redactor.ts';

/** What an engine reported of itself, as part of a plan. */
export function engineDocument(report: EngineReport, redact: TextRedactor): EngineDocument {
  const { name, version } = report.engine;
  const redactOwn: TextRedactor = (field) => redact(field, report.identifiers);
  return {
    engine: { name, version },
    status: report.status,
    metrics: metricDocuments(report.metrics ?? []),
    planning: planningDocuments(report, redactOwn),
    operators: operatorGraph(rootOperators(report), redactOwn),
  };
}

function planningDocuments({ planning = [] }: EngineReport, redact: TextRedactor): PlanningDocument[] {
  return planning.flatMap(({ phase, step, planAfter }) =>
    planAfter === undefined
      ? []
      : [{ phase, ...(step === undefined ? {} : { step }), plan: planText(planAfter, redact) }],
  );
}

function planText(plan: PlanReport, redact: TextRedactor): string {
  return typeof plan === 'string'
    ? redactText(redact, 'plan', plan)
    : displayReportedPlan(plan, (node) => describeNode(node, redact));
}

/** Those of each stage are roots of their own: a plan has no stages. */
function rootOperators({ operators = [], stages = [] }: EngineReport): readonly OperatorReport[] {
  return [...operators, ...stages.flatMap((stage) => stage.operators ?? [])];
}

function operatorGraph(roots: readonly OperatorReport[], redact: TextRedactor): PlanGraph<EngineNodeDocument> {
  const nodes: EngineNodeDocument[] = [];
  const stack = roots.toReversed();
  for (let operator = stack.pop(); operator !== undefined; operator = stack.pop()) {
    const { id, name, fields = [], metrics, children } = operator;
    nodes.push({
      id,
      name,
      description: describeNode({ name, describe: () => fields }, redact),
      children: children.map((child) => child.id),
      metrics: metricDocuments(metrics),
    });
    stack.push(...children.toReversed());
  }
  return { roots: roots.map(({ id }) => id), nodes };
}
