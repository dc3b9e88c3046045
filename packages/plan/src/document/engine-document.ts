import type { EngineReport, OperatorReport } from '../report/engine-report.ts';
import { metricDocuments } from './metric-documents.ts';
import type { EngineDocument, EngineNodeDocument, PlanGraph, PlanningDocument } from './plan-document.ts';
import type { TextRedactor } from './text-redactor.ts';

/** What an engine reported of itself, as part of a plan. */
export function engineDocument(report: EngineReport, redact: TextRedactor): EngineDocument {
  const { name, version } = report.engine;
  const redactOwn: TextRedactor = (text) => redact(text, report.identifiers);
  return {
    engine: { name, version },
    status: report.status,
    metrics: metricDocuments(report.metrics ?? []),
    planning: planningDocuments(report, redactOwn),
    operators: operatorGraph(report.operators ?? [], redactOwn),
  };
}

function planningDocuments({ planning = [] }: EngineReport, redact: TextRedactor): PlanningDocument[] {
  return planning.flatMap(({ phase, step, planAfter }) =>
    planAfter === undefined ? [] : [{ phase, ...(step === undefined ? {} : { step }), plan: redact(planAfter) }],
  );
}

function operatorGraph(roots: readonly OperatorReport[], redact: TextRedactor): PlanGraph<EngineNodeDocument> {
  const nodes: EngineNodeDocument[] = [];
  const stack = roots.toReversed();
  for (let operator = stack.pop(); operator !== undefined; operator = stack.pop()) {
    const { id, name, description = name, metrics, children } = operator;
    nodes.push({
      id,
      name,
      description: redact(description),
      children: children.map((child) => child.id),
      metrics: metricDocuments(metrics),
    });
    stack.push(...children.toReversed());
  }
  return { roots: roots.map(({ id }) => id), nodes };
}
