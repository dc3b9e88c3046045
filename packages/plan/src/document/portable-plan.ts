import { createPlanDocument, type PlanSource } from './create-plan-document.ts';
import type { PlanDocument } from './plan-document.ts';
import { readPlanDocument } from './read-plan-document.ts';
import { planMermaid, planText } from './render-plan-document.ts';

/** A plan to store, send or view. `JSON.stringify` writes it, {@link readPlan} reads it. */
export class PortablePlan {
  readonly #make: () => PlanDocument;
  #document: PlanDocument | undefined;

  /** @param make called on the first access */
  constructor(make: () => PlanDocument) {
    this.#make = make;
  }

  /** Plain JSON with the schema `plan.schema.json`. */
  toJSON(): PlanDocument {
    this.#document ??= this.#make();
    return this.#document;
  }

  /** Indented text, with one line for each node and metrics in brackets. */
  toText(): string {
    return planText(this.toJSON());
  }

  /** A Mermaid flowchart. */
  toMermaid(): string {
    return planMermaid(this.toJSON());
  }
}

/** Creates a plan in portable form. Nodes are described and redacted only on the first access. */
export function portablePlan(source: PlanSource): PortablePlan {
  return new PortablePlan(() => createPlanDocument(source));
}

/**
 * Reads a plan from JSON and validates every field. Unknown fields are ignored.
 *
 * @param json the plan as JSON text or as a parsed value
 * @throws PlanError `invalid-document` with the field, its value and a valid one
 */
export function readPlan(json: unknown): PortablePlan {
  const document = readPlanDocument(json);
  return new PortablePlan(() => document);
}
