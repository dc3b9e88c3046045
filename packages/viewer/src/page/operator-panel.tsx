import { printableLine, printableText } from '@planscope/internal/printable-text';
import { count, duration, misestimate, percent, quantity, quantityText } from '@planscope/internal/quantity';
import type { Operator } from '@planscope/run-model';
import { operatorMetrics } from '@planscope/semconv';
import type { JSX } from 'preact';
import { useMemo } from 'preact/hooks';
import { operatorName, operatorSubject } from '../plan/operator-label.ts';
import { HEATS, type Heat, rankOperators, shareOf } from '../plan/plan-measures.ts';
import { valueText } from '../text/value-text.ts';
import { Amount, SOURCES } from './amount.tsx';
import { FindingsList } from './findings-list.tsx';
import type { OpenRun } from './page-data.ts';
import type { PageLocation } from './page-location.ts';

interface PanelProps {
  readonly opened: OpenRun;
  readonly heat: Heat;
  readonly selected: string | undefined;
  readonly onSelect: (operator: string | undefined) => void;
  readonly go: (change: Partial<PageLocation>) => void;
}

/** What is known of the selected operator, else the findings and the most expensive operators. */
export function OperatorPanel(props: PanelProps): JSX.Element {
  const { opened, selected, onSelect } = props;
  const operator = selected === undefined ? undefined : opened.plan.byId.get(selected);
  return (
    <aside class="panel" aria-label={operator === undefined ? 'Most expensive operators' : 'Operator'} tabIndex={0}>
      {operator === undefined ? (
        <Ranking {...props} />
      ) : (
        <>
          <button type="button" class="link back" onClick={() => onSelect(undefined)}>
            ← all operators
          </button>
          <OperatorDetails key={operator.id} operator={operator} {...props} />
        </>
      )}
    </aside>
  );
}

function Ranking({ opened, heat, onSelect }: PanelProps): JSX.Element {
  const { plan, findings } = opened;
  const { dear, cheap, cheapShare } = useMemo(() => rankOperators(plan, heat), [plan, heat]);
  const row = (operator: Operator): JSX.Element => {
    const share = shareOf(plan, operator, heat) ?? 0;
    return (
      <li key={operator.id}>
        <button type="button" class="ranked" onClick={() => onSelect(operator.id)}>
          <span class="ranked-name">{operatorName(operator)}</span>
          <span class="ranked-value">{HEATS[heat].text(HEATS[heat].value(operator) ?? 0)}</span>
          <span class="ranked-subject quiet">{operatorSubject(operator)}</span>
          <span class="ranked-share quiet">{heat === 'memory' ? '' : percent(share)}</span>
          <span class="ranked-bar" aria-hidden="true">
            <span style={{ width: `${Math.min(100, share * 100)}%` }} />
          </span>
        </button>
      </li>
    );
  };
  return (
    <>
      {findings.length > 0 && (
        <section>
          <h2>
            Findings <span class="count">{findings.length}</span>
          </h2>
          <FindingsList findings={findings} opened={opened} onOperator={onSelect} />
        </section>
      )}
      <section>
        <h2>{heat === 'compute' ? 'Most expensive operators' : `Most ${HEATS[heat].label.toLowerCase()}`}</h2>
        {heat === 'compute' && <p class="quiet explain">Compute time, summed over threads, without inputs.</p>}
        <ol class="ranking">{dear.map(row)}</ol>
        {cheap.length > 0 && (
          <details>
            <summary>
              {cheap.length} cheaper <span class="quiet">{percent(cheapShare)} together</span>
            </summary>
            <ol class="ranking">{cheap.slice(0, 500).map(row)}</ol>
          </details>
        )}
      </section>
    </>
  );
}

const MEANINGS = new Map(operatorMetrics.map(({ name, meaning }) => [name, meaning.replaceAll('`', '')]));

function OperatorDetails(props: PanelProps & { readonly operator: Operator }): JSX.Element {
  const { opened, operator, onSelect, go } = props;
  const { plan, run } = opened;
  const findings = opened.findings.filter(({ operatorId }) => operatorId === operator.id);
  const warnings = run.warnings.filter(({ operatorId }) => operatorId === operator.id);
  const unexplained = operator.warningCodes.filter((code) => !warnings.some((warning) => warning.code === code));
  const off = misestimate(operator.rows, operator.estimatedRows);
  const calls = useMemo(() => run.calls.filter(({ operatorId }) => operatorId === operator.id), [operator]);
  const name = operatorName(operator);
  return (
    <>
      <h2 class="operator-title">{name}</h2>
      {name !== printableLine(operator.name) && (
        <p class="quiet engine-name">
          <code>{printableLine(operator.name)}</code>
        </p>
      )}
      {operator.error !== undefined && (
        <p class="failure">
          <strong>{printableLine(operator.error.code ?? operator.error.type ?? 'Failed')}</strong>{' '}
          {printableText(operator.error.message ?? '')}
        </p>
      )}
      {operator.partial && <p class="note">Measured before its end; its numbers can be too small.</p>}
      <dl class="key-numbers">
        <div>
          <dt>rows</dt>
          <dd>
            <Amount value={operator.rows} />
          </dd>
        </div>
        <div class={off !== undefined && off.factor >= 10 ? 'far' : ''}>
          <dt>estimated</dt>
          <dd>
            <Amount value={operator.estimatedRows} />
          </dd>
          {off !== undefined && <span class="off">{off.text}</span>}
        </div>
        <div>
          <dt>compute</dt>
          <dd>
            <Amount value={operator.compute} as={duration} />
          </dd>
          {operator.computeShare !== undefined && (
            <span class="quiet">{percent(operator.computeShare)} of its query</span>
          )}
        </div>
      </dl>
      {findings.length > 0 && <FindingsList findings={findings} opened={opened} />}
      {(warnings.length > 0 || unexplained.length > 0) && (
        <ul class="warnings">
          {warnings.map(({ code, message }, index) => (
            <li key={index}>
              <code>{printableLine(code)}</code> {printableText(message ?? '')}
            </li>
          ))}
          {unexplained.map((code) => (
            <li key={code}>
              <code>{printableLine(code)}</code>
            </li>
          ))}
        </ul>
      )}
      {operator.fields.length > 0 && (
        <section>
          <h3>What it does</h3>
          <dl class="fields">
            {operator.fields.map(({ key, text }, index) => (
              <div key={index}>
                <dt>{printableLine(key).replaceAll('_', ' ')}</dt>
                <dd>
                  {(typeof text === 'string' ? [text] : text).slice(0, 200).map((each, place) => (
                    <span key={place}>{printableText(each)}</span>
                  ))}
                </dd>
              </div>
            ))}
          </dl>
        </section>
      )}
      <Metrics operator={operator} />
      <Neighbours operator={operator} opened={opened} onSelect={onSelect} />
      {calls.length > 0 && (
        <p>
          <button type="button" class="link" onClick={() => go({ view: 'storage' })}>
            {count(calls.length)} reads and writes
          </button>
        </p>
      )}
      {operator.preview !== undefined && (
        <section>
          <h3>
            Preview{' '}
            {operator.preview.rows !== undefined && <span class="quiet">{count(operator.preview.rows)} rows</span>}
          </h3>
          <pre class="preview" tabIndex={0}>
            {printableText(operator.preview.text)}
          </pre>
        </section>
      )}
      {Object.keys(operator.details).length > 0 && (
        <details>
          <summary>Details of the engine</summary>
          <dl class="fields">
            {Object.entries(operator.details).map(([key, value]) => (
              <div key={key}>
                <dt>{printableLine(key)}</dt>
                <dd>{valueText(value)}</dd>
              </div>
            ))}
          </dl>
        </details>
      )}
      {run.spans.length > 0 && operator.spanId !== undefined && (
        <p>
          <button type="button" class="link" onClick={() => go({ view: 'timeline', span: operator.spanId })}>
            In the timeline
          </button>
        </p>
      )}
      {plan.byId.size > 0 && <p class="quiet basis">{BASES[operator.timing.basis]}</p>}
    </>
  );
}

/** What each time basis means. */
const BASES: Readonly<Record<Operator['timing']['basis'], string>> = {
  measured: 'Its time was measured.',
  engine_duration: 'The engine reported its duration; its start is derived.',
  observed_events: 'Its time is from the first to the last event that the engine logged.',
  execution_window: 'It ran at some time in a window; the engine does not report when.',
  proportional: 'Its time is drawn by its share of the compute time; it says nothing of when it ran.',
};

function Metrics({ operator }: { readonly operator: Operator }): JSX.Element | null {
  const entries = Object.entries(operator.metrics);
  if (entries.length === 0) return null;
  return (
    <section>
      <h3>Metrics</h3>
      <table class="metrics">
        <tbody>
          {entries.map(([name, { value, unit, source }]) => (
            <tr key={name}>
              <th scope="row" title={MEANINGS.get(name)}>
                {printableLine(name).replaceAll('_', ' ')}
              </th>
              <td class="numeric" title={`${value} ${unit ?? ''}`}>
                <Amount value={value} unit={unit} />
              </td>
              <td class="quiet" title={SOURCES[source]}>
                {printableLine(source).replaceAll('_', ' ')}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Neighbours(props: {
  readonly operator: Operator;
  readonly opened: OpenRun;
  readonly onSelect: (operator: string) => void;
}): JSX.Element | null {
  const { operator, opened, onSelect } = props;
  const { byId, children } = opened.plan;
  const below = [...new Set([...(children.get(operator.id) ?? []).map(({ id }) => id), ...operator.inputIds])].flatMap(
    (id) => byId.get(id) ?? [],
  );
  const above = operator.parentId === undefined ? undefined : byId.get(operator.parentId);
  if (below.length === 0 && above === undefined) return null;
  const link = (each: Operator): JSX.Element => (
    <li key={each.id}>
      <button type="button" class="link" onClick={() => onSelect(each.id)}>
        {operatorName(each)}
      </button>{' '}
      <span class="quiet">{each.rows === undefined ? '' : quantityText(quantity(each.rows, '{row}'))}</span>
    </li>
  );
  return (
    <section class="neighbours">
      {above !== undefined && (
        <>
          <h3>Read by</h3>
          <ul>{link(above)}</ul>
        </>
      )}
      {below.length > 0 && (
        <>
          <h3>Inputs</h3>
          <ul>{below.slice(0, 100).map(link)}</ul>
        </>
      )}
    </section>
  );
}
