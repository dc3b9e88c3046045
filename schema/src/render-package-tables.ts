import { isText, type SemanticSchema, type WarningDefinition } from '@planscope/semconv';
import { code, table } from './markdown.ts';

/** The attributes that a package sets, for its README. */
export function renderAttributes(schemas: readonly SemanticSchema[], setter: string): string {
  const attributes = schemas.flatMap((schema) => schema.attributes).filter(({ setBy }) => setBy.includes(setter));
  return table(
    ['Attribute', 'Type', 'On', 'Meaning'],
    attributes.map((attribute) => [
      code(attribute.key),
      isText(attribute) || attribute.unit === undefined ? attribute.type : `${attribute.type}, ${code(attribute.unit)}`,
      attribute.spans.join(', '),
      attribute.meaning,
    ]),
  );
}

/** The warnings that a package raises, for its README. */
export function renderWarnings(schemas: readonly SemanticSchema[], setter: string): string {
  const rows = warningsOf(schemas, setter).map(({ code: warning, meaning }) => [code(warning), meaning]);
  return table(['Code', 'When'], rows);
}

/**
 * The warnings of a package with what to do, each with an anchor, for the page of codes.
 *
 * @param about default: whatever they are about
 */
export function renderWarningAdvice(
  schemas: readonly SemanticSchema[],
  setter: string,
  about?: WarningDefinition['about'],
): string {
  const rows = warningsOf(schemas, setter)
    .filter((warning) => about === undefined || warning.about === about)
    .map((warning) => [
      `<a id="${setter}.RunWarning.${warning.code}"></a>${code(warning.code)}`,
      warning.meaning,
      warning.advice,
    ]);
  return table(['Code', 'Meaning', 'What to do'], rows);
}

function warningsOf(schemas: readonly SemanticSchema[], setter: string): WarningDefinition[] {
  return schemas.flatMap(({ warnings = [] }) => warnings).filter(({ setBy }) => setBy.includes(setter));
}
