import { createPlanDocument, type PlanSource } from './create-plan-document.ts';
import type { PlanDocument } from './plan-document.ts';
import { readPlanDocument } from './read-plan-document.ts';
import { planMermaid, planText } from './render-plan-document.ts';

/** A plan to be stored, sent or looked at; `JSON.stringify` writes it, {@link readPlan} reads it back. */
export class PortablePlan {
  readonly #make: () => PlanDocument;
  #document: PlanDocument | undefined;

  /** @param make called when the plan is first asked for anything */
  constructor(make: () => PlanDocument) {
    this.#make = make;
  }

  /** Plain JSON, as `plan.schema.json` describes it. */
  toJSON(): PlanDocument {
    this.#document ??= this.#make();
    return this.#document;
  }

  /** Indented text, one line a node, metrics in brackets. */
  toText(): string {
    return planText(this.toJSON());
  }

  /** A Mermaid flowchart. */
  toMermaid(): string {
    return planMermaid(this.toJSON());
  }
}

/** A plan in portable form; nothing is described or redacted before it is asked for. */
export function portablePlan(source: PlanSource): PortablePlan {
  return new PortablePlan(() => createPlanDocument(source));
}

/**
 * Reads a plan that was written as JSON, checking every field; fields that this version does not know are left out.
 *
 * @param json the plan as JSON text, or as the value of such text
 * @throws PlanError `invalid-document`, naming the field, its value and what would be right
 */
export function readPlan(json: unknown): PortablePlan {
  const document = readPlanDocument(json);
  return new PortablePlan(() => document);
}
