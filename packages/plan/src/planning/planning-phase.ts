/** The phases of planning, under the names their spans have. */
export type PlanningPhase =
  | 'analyze_logical_plan'
  | 'optimize_logical_plan'
  | 'create_physical_plan'
  | 'optimize_physical_plan';
