/** One switch for each kind of user data that could reach a span; credentials in URLs are always taken out. */
export interface PrivacyConfig {
  /** Whether the literals in SQL texts are taken out or kept as they are. */
  readonly sqlLiterals: 'redact' | 'keep';
  /** Whether the literals in displayed plans, plan diffs and node descriptions are taken out or kept as they are. */
  readonly planLiterals: 'redact' | 'keep';
  /** Whether the texts of error messages whose template is not known are taken out or kept as they are. */
  readonly errorMessages: 'redact' | 'keep';
}
