import { isText, type SemanticSchema, TEXT_KINDS, type TextKindDefinition } from '@planscope/semconv';
import { code, table } from './markdown.ts';

/** What becomes of each kind of text, and the attributes of each kind, as Markdown; the same input always gives the same text. */
export function renderTextKinds(schemas: readonly SemanticSchema[]): string {
  const head = ['Kind', 'Is', 'On a span', 'Switch', '`keep` lets through'];
  const rows = TEXT_KINDS.map(({ kind, meaning, shown, allowedBy = 'none', allowed = '' }) => [
    code(kind),
    meaning,
    shown,
    allowedBy,
    allowed,
  ]);
  return [table(head, rows), 'Attributes by kind:', TEXT_KINDS.map((kind) => bearers(kind, schemas)).join('\n')].join(
    '\n\n',
  );
}

function bearers({ kind, elsewhere }: TextKindDefinition, schemas: readonly SemanticSchema[]): string {
  const definitions = schemas.flatMap(({ attributes }) => attributes).filter(isText);
  const keys = definitions.filter(({ text }) => text === kind).map(({ key }) => code(key));
  return `- ${code(kind)}: ${[...(elsewhere === undefined ? [] : [elsewhere]), ...keys].join(', ')}`;
}
