const MAX_LENGTH = 255;

/**
 * A query in a few words of low cardinality: its operation, then its targets, cut between two of them.
 *
 * @param targets names of relations
 */
export function querySummary(operation: string, targets: readonly string[]): string {
  let summary = operation;
  for (const target of targets) {
    if (summary.length + 1 + target.length > MAX_LENGTH) break;
    summary += ` ${target}`;
  }
  return summary;
}
