/** How much of planning is traced. */
export type RuleMode = 'disabled' | 'phase-only' | 'full';

/** The mode of each planning phase. */
export interface RulePhases {
  /** Overrides ruleMode for the analysis of the logical plan. */
  readonly analyzer: RuleMode;
  /** Overrides ruleMode for the optimization of the logical plan. */
  readonly logical: RuleMode;
  /** Overrides ruleMode for the making and optimization of the physical plan. */
  readonly physical: RuleMode;
}
