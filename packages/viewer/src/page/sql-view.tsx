import { printableLine, printableText } from '@planscope/internal/printable-text';
import { duration } from '@planscope/internal/quantity';
import type { Query } from '@planscope/run-model';
import type { JSX } from 'preact';
import { useMemo, useState } from 'preact/hooks';
import { valueText } from '../text/value-text.ts';
import { Amount } from './amount.tsx';
import { highlightSql } from './highlight-sql.ts';
import type { ViewProps } from './page-data.ts';

export function SqlView({ opened: { run } }: ViewProps): JSX.Element {
  return (
    <div class="stack">
      {run.queries.map((query) => (
        <QueryText key={query.id} query={query} />
      ))}
    </div>
  );
}

/** Texts beyond this are shown without colours: each token is an element. */
const LONGEST_TEXT = 100_000;

function QueryText({ query }: { readonly query: Query }): JSX.Element | null {
  const { text, summary, system, version, parameters, error, timing } = query;
  const tokens = useMemo(
    () => (text === undefined || text.length > LONGEST_TEXT ? undefined : highlightSql(text)),
    [text],
  );
  const [copied, setCopied] = useState('');
  if (text === undefined) return null;
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(text);
      setCopied('copied');
    } catch {
      setCopied('the browser refused to copy');
    }
    setTimeout(() => setCopied(''), 2000);
  };
  return (
    <section class="query">
      <h2>
        <span class="text">{printableLine(summary ?? 'Query')}</span>{' '}
        <span class="quiet">
          {[system, version]
            .filter((part) => part !== undefined)
            .map(printableLine)
            .join(' ')}{' '}
          <Amount value={timing.duration} as={duration} />
        </span>
        <button type="button" class="plain copy" onClick={copy}>
          Copy
        </button>
        <span role="status" class="quiet said">
          {copied}
        </span>
      </h2>
      {error !== undefined && (
        <p class="failure">
          <strong>{printableLine(error.code ?? error.type ?? 'Failed')}</strong> {printableText(error.message ?? '')}
        </p>
      )}
      <pre class="sql" tabIndex={0}>
        {tokens === undefined
          ? printableText(text)
          : tokens.map((token, index) =>
              token.kind === 'space' || token.kind === 'symbol' || token.kind === 'name' ? (
                printableText(token.text)
              ) : (
                <span key={index} class={`sql-${token.kind}`}>
                  {printableText(token.text)}
                </span>
              ),
            )}
      </pre>
      {Object.keys(parameters).length > 0 && (
        <dl class="facts">
          {Object.entries(parameters).map(([key, value]) => (
            <div key={key}>
              <dt>{printableLine(key)}</dt>
              <dd>{valueText(value)}</dd>
            </div>
          ))}
        </dl>
      )}
    </section>
  );
}
