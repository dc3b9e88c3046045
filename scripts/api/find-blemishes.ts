import type { ExtractedApi } from './extract-api.ts';

const undocumentedExport = /^\/\/ @public \(undocumented\)\nexport (?:declare )?(?:abstract )?\w+ (\w+)/gm;
// Their meaning is in the schemas, from which docs/span-schema.md is made.
const namesOfSignals = /^(ATTR|FIELD|METRIC|SPAN)_/;

// The types of the configuration follow from its schema, which the report of the package shows in full.
const derived = /^(Complete|DeepReadonly|Group|Input|\w+Fields)$/;

/** What a stranger would stumble over in the API of one package, one sentence each. */
export function findBlemishes(apis: readonly ExtractedApi[]): string[] {
  const exported = new Set(apis.flatMap(({ text }) => exportedNames(text)));
  return apis.flatMap(({ point, text, unexported, remarks }) => [
    ...[...text.matchAll(undocumentedExport)]
      .map(([, name = '']) => name)
      .filter((name) => !namesOfSignals.test(name))
      .map((name) => `${point.specifier}: \`${name}\` has no docstring.`),
    ...unexported
      .filter((name) => !exported.has(name) && !derived.test(name))
      .map((name) => `${point.specifier}: the API mentions \`${name}\`, which no entry point of the package exports.`),
    ...remarks.map((remark) => `${point.specifier}: ${remark}`),
  ]);
}

function exportedNames(text: string): string[] {
  return [...text.matchAll(/^export (?:declare )?(?:abstract )?\w+ (\w+)/gm)].map(([, name = '']) => name);
}
