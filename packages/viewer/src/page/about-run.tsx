import { printableLine, printableText } from '@planscope/internal/printable-text';
import { quantity, quantityText } from '@planscope/internal/quantity';
import type { GapCode, Run } from '@planscope/run-model';
import type { ComponentChildren, JSX } from 'preact';
import { valueText } from '../text/value-text.ts';
import { SOURCES } from './amount.tsx';
import { FindingsList } from './findings-list.tsx';
import type { ViewProps } from './page-data.ts';

const GAPS: Readonly<Record<GapCode, string>> = {
  'root-missing': 'The span of the run itself is missing.',
  'parent-missing': 'Spans whose parent is missing; they are below the run.',
  'parent-cycle': 'Spans whose parents form a cycle; they are below the run.',
  'duplicate-span': 'Spans with an id that another has; the first is kept.',
  'end-before-start': 'Spans that end before they start; their duration is 0.',
  'span-budget': 'Spans that the program dropped, because the span budget was used up.',
  'too-many-spans': 'Spans that the reader dropped, because of its own limit.',
  'late-spans': 'Spans that came after the run had been read.',
  'summary-only': 'The program kept only the totals of a fast query.',
  'measured-early': 'Numbers that an engine gave before it finished.',
  'io-unlogged': 'Scans whose reads the engine does not log, so that the bytes read are unknown.',
};

/** Everything about a run that has no view of its own. */
export function AboutRun({ opened, go }: ViewProps): JSX.Element {
  const { run, findings } = opened;
  return (
    <div class="stack about">
      {findings.length > 0 && (
        <section>
          <h2>Findings</h2>
          <FindingsList findings={findings} opened={opened} onOperator={(operator) => go({ view: 'plan', operator })} />
        </section>
      )}
      {run.gaps.length > 0 && (
        <Facts title="What is missing" facts={run.gaps.map(({ code, count }) => [String(count), GAPS[code] ?? code])} />
      )}
      {run.warnings.length > 0 && (
        <section>
          <h2>Warnings</h2>
          <ul class="warnings">
            {run.warnings.map(({ code, message = '', count }, index) => (
              <li key={index}>
                <code>{printableLine(code)}</code> {count === undefined || count === 1 ? '' : `${count} times `}
                {printableText(message)}
              </li>
            ))}
          </ul>
        </section>
      )}
      <Totals run={run} />
      <Facts
        title="Identity"
        facts={[
          ...Object.entries(run.identity).map(
            ([key, value]) => [words(key), <code key={key}>{printableLine(value)}</code>] as const,
          ),
          ...run.callers.map(({ name }, index) => [index === 0 ? 'called by' : '', printableLine(name)] as const),
        ]}
      />
      <Facts title="Fields" facts={entries(run.fields)} />
      <Facts
        title="Tracing"
        facts={Object.entries(run.tracing).map(([key, value]) => [words(key), valueText(value)])}
      />
      <Facts title="Process" facts={entries(run.resource)} />
    </div>
  );
}

function entries(values: Run['fields']): (readonly [string, string])[] {
  return Object.entries(values).map(([key, value]) => [printableLine(key), valueText(value)]);
}

/** `planFingerprint` as `plan fingerprint`. */
function words(key: string): string {
  return key.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}

function Facts(props: {
  readonly title: string;
  readonly facts: readonly (readonly [string, ComponentChildren])[];
}): JSX.Element | null {
  if (props.facts.length === 0) return null;
  return (
    <section>
      <h2>{props.title}</h2>
      <dl class="fields">
        {props.facts.map(([key, value], index) => (
          <div key={index}>
            <dt>{key}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

function Totals({ run }: { readonly run: Run }): JSX.Element | null {
  const totals = Object.entries(run.totals);
  if (totals.length === 0) return null;
  return (
    <section>
      <h2>Totals</h2>
      <table class="metrics">
        <tbody>
          {totals.map(([key, { value, unit, source }]) => (
            <tr key={key}>
              <th scope="row">{words(key)}</th>
              <td class="numeric">{quantityText(quantity(value, unit))}</td>
              <td class="quiet">{SOURCES[source as keyof typeof SOURCES]}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
