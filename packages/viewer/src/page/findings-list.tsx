import { printableLine, printableText } from '@planscope/internal/printable-text';
import { percent, quantity, quantityText } from '@planscope/internal/quantity';
import type { JSX } from 'preact';
import type { PageFinding } from '../finding.ts';
import { operatorName } from '../plan/operator-label.ts';
import type { OpenRun } from './page-data.ts';

/** Severities in the order in which they matter; others come after them. */
const SEVERITIES = ['error', 'critical', 'warning', 'warn', 'info', 'notice'];

function severityClass(severity: string): string {
  const place = SEVERITIES.indexOf(severity.toLowerCase());
  return place < 0 || place > 3 ? 'info' : place < 2 ? 'error' : 'warning';
}

/** A text whose parts in backticks are code. */
function Prose({ text }: { readonly text: string }): JSX.Element {
  const parts = printableText(text).split('`');
  return (
    <>
      {parts.map((part, index) =>
        index % 2 === 1 && index < parts.length - 1 ? <code key={index}>{part}</code> : part,
      )}
    </>
  );
}

function shareText({ share, shareOf }: PageFinding): string {
  if (share === undefined) return '';
  return shareOf === undefined ? percent(share) : `${percent(share)} of ${printableLine(shareOf)}`;
}

/** Findings with their numbers, the gravest first. */
export function FindingsList(props: {
  readonly findings: readonly PageFinding[];
  readonly opened: OpenRun;
  /** Shows the operator; absent if it is shown already. */
  readonly onOperator?: (id: string) => void;
}): JSX.Element {
  const { findings, opened, onOperator } = props;
  const rank = ({ severity }: PageFinding): number => (SEVERITIES.indexOf(severity.toLowerCase()) + 100) % 100;
  const sorted = [...findings].sort((one, other) => rank(one) - rank(other) || (other.share ?? 0) - (one.share ?? 0));
  return (
    <ul class="findings">
      {sorted.map((finding, index) => {
        const operator = finding.operatorId === undefined ? undefined : opened.plan.byId.get(finding.operatorId);
        return (
          <li key={index} class={severityClass(finding.severity)}>
            <details>
              <summary>
                <span class="severity">{printableLine(finding.severity)}</span>
                <span class="text">{printableLine(finding.title)}</span>
                {finding.share !== undefined && <span class="share quiet">{shareText(finding)}</span>}
              </summary>
              <p>
                <Prose text={finding.explanation} />
              </p>
              {finding.evidence.length > 0 && (
                <dl class="facts">
                  {finding.evidence.map(({ name, value, unit, source }, place) => (
                    <div key={place}>
                      <dt>{printableLine(name).replaceAll('_', ' ')}</dt>
                      <dd title={source}>
                        {typeof value === 'number' ? quantityText(quantity(value, unit)) : printableLine(String(value))}
                      </dd>
                    </div>
                  ))}
                </dl>
              )}
              {finding.advice !== '' && (
                <p class="advice">
                  <Prose text={finding.advice} />
                </p>
              )}
              <p class="quiet">
                <code>{printableLine(finding.rule)}</code>
                {finding.file !== undefined && <span class="text"> · {printableLine(finding.file)}</span>}
                {operator !== undefined && onOperator !== undefined && (
                  <>
                    {' · '}
                    <button type="button" class="link" onClick={() => onOperator(operator.id)}>
                      {operatorName(operator)}
                    </button>
                  </>
                )}
              </p>
            </details>
          </li>
        );
      })}
    </ul>
  );
}
