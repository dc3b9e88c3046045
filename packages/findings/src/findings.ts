import type { Run } from '@planscope/run-model';
import { type Finding, severityOf } from './finding.ts';
import type { Match, Rule, ThresholdValues } from './rule.ts';
import { rules as allRules } from './rules.ts';
import { RunView } from './run-view.ts';

/** Which findings are made. */
export interface FindingsOptions {
  /** Thresholds of rules by code, for example `{ 'exploding-join': { factor: 3 } }`. Default: those of each rule. */
  readonly thresholds?: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** The rules to apply. Default: {@link rules}. */
  readonly rules?: readonly Rule[];
  /** Omits findings with a smaller share. Default: 0.05. */
  readonly minimumShare?: number;
  /**
   * Called when a rule throws; the other rules are applied. Default: a warning of the process with the code
   * `PLANSCOPE_FINDINGS_RULE`.
   */
  readonly onRuleError?: (rule: Rule, error: unknown) => void;
}

/** The times of one plan on a quiet machine differ by 5% from run to run, so that a smaller gain is not seen. */
const MINIMUM_SHARE = 0.05;

/**
 * What slowed a run down, the largest share first.
 *
 * @throws RangeError if `thresholds` names no rule, no threshold of the rule, or has a value that is not a finite number
 */
export function findings(run: Run, options: FindingsOptions = {}): Finding[] {
  const { rules = allRules, thresholds = {}, minimumShare = MINIMUM_SHARE, onRuleError = warnOfRule } = options;
  checkThresholds(options);
  const view = new RunView(run);
  return rules
    .flatMap((rule) => {
      try {
        const matches = [...rule.check(view, valuesOf(rule, thresholds[rule.code]))];
        return matches.map((match) => findingOf(rule, match));
      } catch (error) {
        onRuleError(rule, error);
        return [];
      }
    })
    .filter(({ share }) => share >= minimumShare)
    .sort((left, right) => right.share - left.share);
}

function findingOf(rule: Rule, match: Match): Finding {
  const { queryId, operatorId, stageId, file, explanation, evidence, shareOf } = match;
  const share = Math.min(Math.max(match.share, 0), 1);
  return {
    rule: rule.code,
    severity: match.severity ?? severityOf(share),
    title: rule.title,
    explanation,
    evidence,
    share,
    shareOf,
    advice: match.advice ?? rule.advice,
    ...(queryId === undefined ? {} : { queryId }),
    ...(operatorId === undefined ? {} : { operatorId }),
    ...(stageId === undefined ? {} : { stageId }),
    ...(file === undefined ? {} : { file }),
  };
}

function valuesOf({ thresholds }: Rule, given: Readonly<Record<string, number>> = {}): ThresholdValues {
  return Object.fromEntries(Object.entries(thresholds).map(([name, { value }]) => [name, given[name] ?? value]));
}

/** @throws RangeError as {@link findings} does */
export function checkThresholds({ rules = allRules, thresholds = {} }: FindingsOptions): void {
  for (const [code, values] of Object.entries(thresholds)) {
    const rule = rules.find((known) => known.code === code);
    if (rule === undefined) throw refused(`has no rule "${code}"; use one of ${rules.map((known) => known.code)}`);
    for (const [name, value] of Object.entries(values)) {
      const names = Object.keys(rule.thresholds);
      if (!names.includes(name)) throw refused(`${code} has no threshold "${name}"; use one of ${names}`);
      if (!Number.isFinite(value)) throw refused(`${code}.${name} is ${value}; use a finite number`);
    }
  }
}

function refused(text: string): RangeError {
  return new RangeError(`[planscope/findings] thresholds: ${text}`);
}

function warnOfRule({ code }: Rule, error: unknown): void {
  const kind = error instanceof Error ? error.name : typeof error;
  process.emitWarning(`[planscope/findings] the rule ${code} failed (${kind}); its findings are missing`, {
    code: 'PLANSCOPE_FINDINGS_RULE',
  });
}
