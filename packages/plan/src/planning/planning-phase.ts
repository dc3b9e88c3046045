/** The phases of planning, with the names of their spans. */
export type PlanningPhase =
  | 'analyze_logical_plan'
  | 'optimize_logical_plan'
  | 'create_physical_plan'
  | 'optimize_physical_plan';
