import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { extractApi, findBlemishes } from './public-api.ts';

const folder = fileURLToPath(new URL('fixture', import.meta.url));
const apis = extractApi([
  {
    packageName: '@planscope/fixture',
    packageFolder: folder,
    specifier: '@planscope/fixture/part',
    types: `${folder}/index.d.ts`,
    report: 'fixture.part.api.md',
  },
]);

test('reads built types into a report, and says what a stranger would stumble over', () => {
  expect(apis[0]?.text).toMatchInlineSnapshot(`
    "# \`@planscope/fixture/part\`

    What programs can import, as \`pnpm api\` reads it from the built types. Not edited by hand.

    \`\`\`ts

    // @public (undocumented)
    export const ATTR_FIXTURE = 'fixture';

    // @public
    export interface Shown {
        // (undocumented)
        readonly hidden: Hidden;
    }

    // @public (undocumented)
    export const undocumented: Shown;

    \`\`\`
    "
  `);
  expect(findBlemishes(apis)).toMatchInlineSnapshot(`
    [
      "@planscope/fixture/part: \`undocumented\` has no docstring.",
      "@planscope/fixture/part: The @link reference could not be resolved: The package "@planscope/fixture" does not have an export "nowhere"",
      "@planscope/fixture/part: the API mentions \`Hidden\`, which no entry point of the package exports.",
    ]
  `);
});

test('a type that another entry point of the package exports is not missing', () => {
  const others = apis.map((api) => ({ ...api, remarks: [], text: '// @public\nexport interface Hidden {\n}\n' }));
  expect(findBlemishes([...apis, ...others]).filter((blemish) => blemish.includes('Hidden'))).toEqual([]);
});
