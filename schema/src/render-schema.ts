import { type AttributeDefinition, isText, NODE_FIELDS, type SemanticSchema } from '@planscope/semconv';
import { code, table } from './markdown.ts';

/** The schemas as one Markdown document; the same input always gives the same text. */
export function renderSchema(schemas: readonly SemanticSchema[]): string {
  const sections = [
    '# Span schema',
    'Generated from the registries of names (`pnpm schema`); a test fails when it is stale.',
    'Units are UCUM. A key that ends in `*` is a family of keys. A name in braces is filled in from that attribute.',
    'Keys that begin with `datafusion.` are those of datafusion-tracing, the Rust library that this convention comes from. Spans of every engine have them, so that what reads its traces reads these. What that library does not have begins with `planscope.`, and what only one engine has with the name of that engine.',
    'The column “Text” gives the kind of a text, by which it is redacted: [privacy](privacy.md) says how.',
    ...schemas.flatMap(renderScope),
    ...nodeFields(),
  ];
  return `${sections.join('\n\n')}\n`;
}

function nodeFields(): string[] {
  const introduction =
    'What nodes of plans say of themselves, live or reported; `datafusion.node` and the texts of plans are made of them. An engine may have further ones.';
  const [title = '', table = ''] = section('Fields of nodes', ['Key', 'Text', 'Meaning'], NODE_FIELDS, (field) => [
    code(field.key),
    field.text,
    field.meaning,
  ]);
  return [title, introduction, table];
}

function renderScope(schema: SemanticSchema): string[] {
  const title = `\`${schema.scope}\``;
  return [
    ...section(`Spans of ${title}`, ['Kind', 'Names', 'Mode', 'Meaning', 'Set by'], schema.spans, (span) => [
      span.kind,
      span.names.map(code).join(', '),
      span.mode,
      span.meaning,
      span.setBy.join(', '),
    ]),
    ...section(
      `Attributes of ${title}`,
      ['Key', 'Type', 'Text', 'Unit', 'On', 'Meaning', 'Set by'],
      schema.attributes,
      row,
    ),
    ...section(
      `Operator metrics of ${title}`,
      ['Name', 'Type', 'Unit', 'Meaning'],
      schema.operatorMetrics,
      (metric) => [code(metric.name), metric.type, metric.unit, metric.meaning],
    ),
    ...section(
      `Metrics of ${title}`,
      ['Name', 'Instrument', 'Unit', 'Attributes', 'Meaning', 'Set by'],
      schema.metrics,
      (metric) => [
        code(metric.name),
        metric.instrument,
        metric.unit,
        metric.attributes.map(code).join(', '),
        metric.meaning,
        metric.setBy.join(', '),
      ],
    ),
  ];
}

function row(attribute: AttributeDefinition): string[] {
  const text = isText(attribute) ? attribute : undefined;
  const unit = isText(attribute) ? undefined : attribute.unit;
  const values = text?.values === undefined ? '' : ` One of ${text.values.map(code).join(', ')}.`;
  return [
    code(attribute.key),
    attribute.type,
    text?.text ?? '',
    unit ?? '',
    attribute.spans.join(', '),
    attribute.meaning + values,
    attribute.setBy.join(', '),
  ];
}

function section<T>(title: string, head: string[], entries: readonly T[], cells: (entry: T) => string[]): string[] {
  return entries.length === 0 ? [] : [`## ${title}`, table(head, entries.map(cells))];
}
