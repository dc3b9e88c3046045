import { expect, it } from 'vitest';
import { tokenShape } from './trino-shape.ts';

const QUERY = "SELECT name, count(*) FROM t WHERE x > 5 AND y IN ('a', 'b') GROUP BY 1 ORDER BY 2, name LIMIT 10";

it.each([
  [
    'other literals',
    "SELECT name, count(*) FROM t WHERE x > 7 AND y IN ('c', 'd') GROUP BY 1 ORDER BY 2, name LIMIT 99",
  ],
  [
    'a longer list',
    "SELECT name, count(*) FROM t WHERE x > 5 AND y IN ('a', 'b', 'c') GROUP BY 1 ORDER BY 2, name LIMIT 1",
  ],
  ['other case, white space and comments', `${QUERY.replace('SELECT', 'select')} -- 10 rows\n`],
])('is the same with %s', (_, sql) => {
  expect(tokenShape(sql)).toEqual(tokenShape(QUERY));
});

it.each([
  ['another column', QUERY.replace('x >', 'z >')],
  ['another order', QUERY.replace('ORDER BY 2', 'ORDER BY 1')],
  ['another group', QUERY.replace('GROUP BY 1', 'GROUP BY 2')],
  ['another condition', QUERY.replace('>', '<')],
  ['a quoted name in other case', QUERY.replace('FROM t', 'FROM "T"')],
])('differs with %s', (_, sql) => {
  expect(tokenShape(sql)).not.toEqual(tokenShape(QUERY));
});

it('has no literal', () => {
  expect(tokenShape(QUERY).join(' ')).toMatchInlineSnapshot(
    `"select name , count ( * ) from t where x > ? and y in ( ? ) group by 1 order by 2 , name limit ?"`,
  );
});
