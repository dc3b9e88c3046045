import { type MetricDefinition, sharedSchema } from '@planscope/semconv';
import { parser } from '@prometheus-io/lezer-promql';
import type { Block } from './document.ts';
import { type Finding, finding } from './finding.ts';

const suffixes: Readonly<Record<MetricDefinition['instrument'], readonly string[]>> = {
  counter: ['_total'],
  gauge: [''],
  updowncounter: [''],
  histogram: ['_bucket', '_count', '_sum'],
};

/** The names that Prometheus gives to the metrics of Planscope. */
const known = new Set(
  sharedSchema.metrics.flatMap(({ name, instrument }) =>
    suffixes[instrument].map((suffix) => name.replaceAll('.', '_') + suffix),
  ),
);

/** Whether each line is a query of Prometheus, and the metrics in it that would be of Planscope are. */
export function checkPromql(block: Block): Finding[] {
  return block.code.split('\n').flatMap((query, index) => {
    if (query.trim() === '' || query.startsWith('#')) return [];
    const place = { file: block.file, line: block.line + index };
    const findings: Finding[] = [];
    parser.parse(query).iterate({
      enter({ type, from, to }) {
        const text = query.slice(from, to);
        if (type.isError) findings.push(finding(place, `Prometheus does not understand "${query.slice(from)}"`));
        if (type.name === 'Identifier' && /^(planscope|db_client)_/.test(text) && !known.has(text)) {
          findings.push(finding(place, `there is no metric ${text}; there are ${[...known].join(', ')}`));
        }
      },
    });
    return findings;
  });
}
