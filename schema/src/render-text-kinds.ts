import { isText, type SemanticSchema, TEXT_KINDS, type TextKindDefinition } from '@planscope/semconv';
import { code, table } from './markdown.ts';

/** What becomes of each kind of text, and the attributes of each kind, as Markdown; the same input always gives the same text. */
export function renderTextKinds(schemas: readonly SemanticSchema[]): string {
  const head = ['Kind', 'Meaning', 'On a span', 'Switch', '`keep` lets through'];
  const rows = TEXT_KINDS.map(({ kind, meaning, shown, allowedBy = 'none', allowed = '' }) => [
    code(kind),
    meaning,
    shown,
    allowedBy,
    allowed,
  ]);
  const attributes = TEXT_KINDS.map((kind) => [code(kind.kind), bearers(kind, schemas)]);
  return [table(head, rows), table(['Kind', 'Attributes'], attributes)].join('\n\n');
}

function bearers({ kind, elsewhere }: TextKindDefinition, schemas: readonly SemanticSchema[]): string {
  const definitions = schemas.flatMap(({ attributes }) => attributes).filter(isText);
  const keys = definitions.filter(({ text }) => text === kind).map(({ key }) => code(key));
  return [...(elsewhere === undefined ? [] : [elsewhere]), ...keys].join(', ');
}
