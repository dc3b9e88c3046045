import { printableLine, printableText } from '@planscope/internal/printable-text';
import { count, duration } from '@planscope/internal/quantity';
import type { Phase, PlanDiff, Rule } from '@planscope/run-model';
import type { JSX } from 'preact';
import { useMemo, useState } from 'preact/hooks';
import { Amount } from './amount.tsx';
import type { ViewProps } from './page-data.ts';
import { sideBySide } from './side-by-side.ts';

/** A phase, or a rule of one. */
interface Step {
  readonly phase: Phase;
  readonly rule?: Rule;
}

/** The planner's phases and rules in order, beside what the selected one did to the plan. */
export function PlanningView({ opened: { run } }: ViewProps): JSX.Element {
  const [idle, setIdle] = useState(false);
  const steps = useMemo(() => stepsOf(run.phases, idle), [run, idle]);
  const hidden = useMemo(() => stepsOf(run.phases, true).length - stepsOf(run.phases, false).length, [run]);
  const [chosen, setChosen] = useState(() =>
    Math.max(
      0,
      steps.findIndex(({ rule, phase }) => (rule ?? phase).planDiff?.text !== undefined),
    ),
  );
  const step = steps[chosen] ?? steps[0];
  return (
    <div class="split planning-split">
      <nav class="steps" aria-label="Phases and rules">
        {hidden > 0 && (
          <label class="check">
            <input type="checkbox" checked={idle} onChange={({ currentTarget }) => setIdle(currentTarget.checked)} />
            {hidden} rules that changed nothing
          </label>
        )}
        <ol>
          {steps.map((each, index) => (
            <StepRow key={index} step={each} isSelected={index === chosen} onSelect={() => setChosen(index)} />
          ))}
        </ol>
      </nav>
      <div class="step-detail" tabIndex={0} role="region" aria-label="What it did">
        {step !== undefined && <StepDetail step={step} />}
      </div>
    </div>
  );
}

function stepsOf(phases: readonly Phase[], idle: boolean): Step[] {
  return phases.flatMap((phase) => [
    { phase },
    ...phase.rules.filter((rule) => idle || rule.changed !== false).map((rule) => ({ phase, rule })),
  ]);
}

function StepRow(props: {
  readonly step: Step;
  readonly isSelected: boolean;
  readonly onSelect: () => void;
}): JSX.Element {
  const { step, isSelected, onSelect } = props;
  const { phase, rule } = step;
  const part = rule ?? phase;
  const { timing } = part;
  const isKnown = timing.basis !== 'execution_window';
  return (
    <li class={rule === undefined ? 'phase' : 'rule'}>
      <button type="button" aria-pressed={isSelected} onClick={onSelect}>
        <span class="text">
          {printableLine(part.name)}
          {rule === undefined && phase.planner !== undefined && (
            <span class="quiet"> {printableLine(phase.planner)}</span>
          )}
          {rule === undefined && phase.pass !== undefined && <span class="quiet"> pass {phase.pass}</span>}
        </span>
        {rule?.changed === true && <span class="changed">changed</span>}
        {part.error !== undefined && <span class="changed failed">failed</span>}
        <span class="step-time">
          {isKnown ? <Amount value={timing.reportedDuration ?? timing.duration} as={duration} /> : ''}
        </span>
      </button>
    </li>
  );
}

function StepDetail({ step: { phase, rule } }: { readonly step: Step }): JSX.Element {
  const part = rule ?? phase;
  return (
    <>
      <h2>{printableLine(part.name)}</h2>
      <p class="quiet">
        {[
          rule?.invocations === undefined ? '' : `${count(rule.invocations)} calls`,
          rule?.applied === undefined ? '' : `${count(rule.applied)} changed the plan`,
          rule?.changed === false ? 'changed nothing' : '',
          part.timing.basis === 'engine_duration' ? 'duration from the engine; when it ran is not known' : '',
          rule === undefined && phase.effectiveRules.length > 0
            ? `changed by ${phase.effectiveRules.map(printableLine).join(', ')}`
            : '',
        ]
          .filter(Boolean)
          .join(' · ')}
      </p>
      {part.error !== undefined && (
        <p class="failure">
          <strong>{printableLine(part.error.code ?? part.error.type ?? 'Failed')}</strong>{' '}
          {printableText(part.error.message ?? '')}
        </p>
      )}
      {part.planDiff !== undefined && <Diff diff={part.planDiff} />}
      {rule === undefined && <PlanText title="Logical plan" text={phase.logicalPlan} />}
      {rule === undefined && <PlanText title="Physical plan" text={phase.physicalPlan} />}
      {part.planDiff === undefined && phase.logicalPlan === undefined && phase.physicalPlan === undefined && (
        <p class="empty">No plan was recorded here. Plan diffs are a setting of the tracing.</p>
      )}
    </>
  );
}

function PlanText({ title, text }: { readonly title: string; readonly text: string | undefined }): JSX.Element | null {
  if (text === undefined) return null;
  return (
    <section>
      <h3>{title}</h3>
      <pre>{printableText(text)}</pre>
    </section>
  );
}

function Diff({ diff }: { readonly diff: PlanDiff }): JSX.Element {
  const { text, basis, unavailableReason } = diff;
  const rows = useMemo(() => (text === undefined ? [] : sideBySide(text)), [text]);
  if (text === undefined) {
    return (
      <p class="empty">
        The plan diff is not available{unavailableReason === undefined ? '.' : `: ${printableLine(unavailableReason)}.`}
      </p>
    );
  }
  return (
    <section>
      {basis === 'ablation' && (
        <p class="note">Found by planning again without this rule, so it is the difference that the rule makes.</p>
      )}
      <table class="diff">
        <thead>
          <tr>
            <th scope="col">Before</th>
            <th scope="col">After</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ before, after, kind }, index) =>
            kind === 'hunk' ? (
              <tr key={index} class="hunk">
                <td colSpan={2}>…</td>
              </tr>
            ) : (
              <tr key={index}>
                <td class={kind === 'changed' && before !== undefined ? 'removed' : ''}>
                  {printableText(before ?? '')}
                </td>
                <td class={kind === 'changed' && after !== undefined ? 'added' : ''}>{printableText(after ?? '')}</td>
              </tr>
            ),
          )}
        </tbody>
      </table>
    </section>
  );
}
