import { isText, type SemanticSchema, TEXT_KINDS, type TextKindDefinition } from '@planscope/semconv';

/** What becomes of each kind of text, and the attributes of each kind, as Markdown; the same input always gives the same text. */
export function renderTextKinds(schemas: readonly SemanticSchema[]): string {
  const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const head = ['Kind', 'Is', 'On a span', 'Switch', '`keep` lets through'];
  const lines = TEXT_KINDS.map(({ kind, meaning, shown, allowedBy = 'none', allowed = '' }) =>
    row([`\`${kind}\``, meaning, shown, allowedBy, allowed]),
  );
  const table = [row(head), row(head.map(() => '---')), ...lines].join('\n');
  return [table, 'Attributes by kind:', TEXT_KINDS.map((kind) => bearers(kind, schemas)).join('\n')].join('\n\n');
}

function bearers({ kind, elsewhere }: TextKindDefinition, schemas: readonly SemanticSchema[]): string {
  const definitions = schemas.flatMap(({ attributes }) => attributes).filter(isText);
  const keys = definitions.filter(({ text }) => text === kind).map(({ key }) => `\`${key}\``);
  return `- \`${kind}\`: ${[...(elsewhere === undefined ? [] : [elsewhere]), ...keys].join(', ')}`;
}
