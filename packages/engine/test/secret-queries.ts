import type { MarkedSecrets } from './marked-secrets.ts';

/** A query that holds secrets wherever a query can. */
export interface SecretQuery {
  readonly about: string;
  readonly sql: string;
  /** What the error that its caller gets has to hold; absent for a query that succeeds. */
  readonly error?: RegExp;
  readonly views?: readonly { readonly name: string; readonly sql: string }[];
}

/** The input that the queries read: `people(name, note, amount, born, city)`. */
export interface SecretRows {
  readonly csv: string;
  readonly names: readonly string[];
  readonly cities: readonly string[];
  readonly amounts: readonly string[];
}

export function secretRows({ word, number, date }: MarkedSecrets): SecretRows {
  const cities = [word(), word(), word()];
  const names = Array.from({ length: 60 }, word);
  const amounts = names.map(number);
  const rows = names.map(
    (name, row) => `${name},"it's ""${word()}"",\n${word()}",${amounts[row]},${date()},${cities[row % cities.length]}`,
  );
  return { csv: `name,note,amount,born,city\n${rows.join('\n')}\n`, names, cities, amounts };
}

/** Every kind of literal and of place that DuckDB has for one, each with secrets of its own. */
export function secretQueries(secrets: MarkedSecrets, rows: SecretRows): SecretQuery[] {
  const { word, number, date, hex } = secrets;
  const text = (): string => `'${word()}'`;
  const blob = (): string => `'${hex().replace(/(..)/g, '\\x$1')}'::BLOB`;
  const [name = '', otherName = ''] = rows.names;
  const [city = '', otherCity = ''] = rows.cities;
  const [amount = ''] = rows.amounts;
  const queries: Record<string, Omit<SecretQuery, 'about'> | string> = {
    quotes: `SELECT name FROM people WHERE name <> ${text()} AND note <> 'it''s ${word()} "${word()}"'`,
    'dollar quotes': `SELECT $$${word()}$$ AS a, $tag$it's ${word()}$tag$ AS b FROM people WHERE name <> $$${word()}$$`,
    'escape strings': `SELECT E'a\\'${word()}\\n' AS a FROM people WHERE note <> e'${word()}\\\\'`,
    'line feeds in literals': `SELECT name || 'a\n${word()}' AS a FROM people WHERE note <> '${word()}\n${word()}\n''${word()}'`,
    blobs: `SELECT ${blob()} AS a FROM people WHERE name::BLOB <> ${blob()}`,
    numbers: `SELECT amount + ${number()} AS a, -${number()} AS b FROM people WHERE amount <> ${number()} AND amount < 1e3 + 9${number()}`,
    'decimals and floats': `SELECT amount * ${number()}.5 AS a FROM people WHERE amount <> 0.${number()} AND amount > -${number()}e-20`,
    'dates and times': `SELECT DATE '${date()}' AS a, TIMESTAMP '${date()} 01:02:03' AS b, born FROM people WHERE born <> DATE '${date()}' AND born < '${date()}'::TIMESTAMPTZ`,
    intervals: `SELECT born + INTERVAL '${number().slice(0, 6)} days' AS a FROM people WHERE note <> ${text()}`,
    comments: `-- ${word()}\nSELECT name /* ${word()} */ FROM people -- it's ${word()}`,
    'automatic column names': `SELECT ${text()}, concat(name, ${text()}), amount + ${number()}, CASE WHEN city = ${text()} THEN ${text()} ELSE note END FROM people`,
    'automatic names of a subquery': `SELECT * FROM (SELECT ${text()}, upper(${text()} || name), DATE '${date()}' FROM people WHERE city <> ${text()})`,
    'pivoted identifiers': `FROM (PIVOT (SELECT city, amount FROM people) ON city IN ('${city}', '${otherCity}') USING sum(amount))`,
    'pivoted numbers': `FROM (PIVOT (SELECT city, amount FROM people) ON amount IN (${amount}, ${number()}) USING count(*) GROUP BY city)`,
    'IN lists': `SELECT name FROM people WHERE city IN ('${city}', ${text()}) AND amount NOT IN (${Array.from({ length: 12 }, number).join(', ')})`,
    'long IN lists': `SELECT count(*) AS n FROM people WHERE name IN (${Array.from({ length: 30 }, text).join(', ')})`,
    LIKE: `SELECT name FROM people WHERE name LIKE '${word()}%' OR note ILIKE '%${word()}_' OR name SIMILAR TO '${word()}.*' OR note GLOB '${word()}*'`,
    'patterns and functions': `SELECT regexp_replace(note, '${word()}', ${text()}) AS a FROM people WHERE contains(note, ${text()}) OR starts_with(name, ${text()}) OR regexp_matches(name, '^${word()}')`,
    'equality with a value of the data': `SELECT amount FROM people WHERE name = '${name}' OR name = '${otherName}'`,
    BETWEEN: `SELECT name FROM people WHERE name BETWEEN '${word()}' AND '${word()}' OR amount BETWEEN ${number()} AND ${number()}`,
    'filters from a top-n': 'SELECT name, amount FROM people ORDER BY amount DESC, name LIMIT 3',
    'filters from a join': `SELECT p.name FROM people p JOIN (SELECT name FROM people WHERE amount = ${amount}) q ON p.name = q.name`,
    'filters from a join on numbers': `SELECT p.name FROM people p JOIN (SELECT max(amount) AS amount FROM people) q USING (amount)`,
    'join conditions': `SELECT p.name FROM people p LEFT JOIN people q ON p.name = q.city || ${text()} AND q.amount > ${number()}`,
    'nested values': `SELECT {'${word()}': ${text()}} AS a, [${text()}, name] AS b, MAP {${text()}: ${number()}} AS c FROM people WHERE list_contains([${text()}], name)`,
    'VALUES lists': `SELECT * FROM (VALUES (${text()}, ${number()}, DATE '${date()}')) AS t(a, b, c)`,
    windows: `SELECT name, row_number() OVER (PARTITION BY city = '${word()}' ORDER BY amount + ${number()}) AS r, count(*) FILTER (WHERE note = ${text()}) OVER () AS n FROM people`,
    aggregates: `SELECT city || ${text()} AS c, string_agg(name, '${word()}') AS s, max(amount) FILTER (WHERE name <> ${text()}) AS m FROM people GROUP BY ALL HAVING max(name) <> ${text()}`,
    'column patterns': `SELECT COLUMNS('name|${word()}') FROM people`,
    'replaced columns': `SELECT * REPLACE (${text()} AS name) FROM people`,
    'set operations': `SELECT name FROM people UNION ALL SELECT ${text()} EXCEPT SELECT '${name}'`,
    'common table expressions': `WITH RECURSIVE t(n, s) AS (SELECT 1, ${text()} UNION ALL SELECT n + 1, s || '${word()}' FROM t WHERE n < 3) SELECT * FROM t`,
    subqueries: `SELECT name FROM people WHERE amount = (SELECT max(amount) FROM people WHERE city <> ${text()}) OR EXISTS (SELECT 1 FROM people q WHERE q.note = people.name || ${text()})`,
    lambdas: `SELECT list_transform([name, ${text()}], lambda x: x || ${text()}) AS a FROM people`,
    'view bodies': {
      sql: `SELECT * FROM inner_view WHERE name <> ${text()}`,
      views: [{ name: 'inner_view', sql: `SELECT *, ${text()} AS a FROM people WHERE amount <> ${number()}` }],
    },
    'shared view bodies': {
      sql: `SELECT p.name FROM v p JOIN v q ON p.name = q.name AND p.amount <> ${number()}`,
      views: [{ name: 'v', sql: `SELECT name, amount FROM people WHERE city = '${otherCity}' /* ${word()} */` }],
    },
    'casts of data': { sql: 'SELECT name::INT AS a FROM people', error: /Conversion Error: .*zq/s },
    'casts of literals': { sql: `SELECT CAST(${text()} AS DATE) AS a FROM people`, error: /zq/ },
    'casts to a smaller type': { sql: 'SELECT amount::TINYINT AS a FROM people', error: /7\d{14}/ },
    'casts in filters': { sql: 'SELECT name FROM people WHERE note::DOUBLE > 1', error: /zq/ },
    'dates that are none': { sql: `SELECT strptime(name, '%Y-%m-%d') AS a FROM people`, error: /zq/ },
    'times that are none': { sql: `SELECT TIMESTAMP '${word()}' AS a`, error: /zq/ },
    'errors of the query': { sql: 'SELECT error(name) AS a FROM people', error: /zq/ },
    'errors about text': { sql: `SELECT json_extract(name, '$.a') AS a FROM people`, error: /zq/ },
    'several rows of a subquery': {
      sql: `SELECT (SELECT name FROM people WHERE city <> ${text()}) AS a`,
      error: /more than one row/i,
    },
    overflow: { sql: `SELECT amount * amount * 9${number()} AS a FROM people`, error: /\d{13}/ },
    'unknown columns': { sql: `SELECT nmae FROM people WHERE name = ${text()} OR note = '${word()}'`, error: /nmae/ },
    'unknown functions': { sql: `SELECT no_such_function(${text()}) AS a FROM people`, error: /no_such_function/ },
    'wrong types': { sql: `SELECT born + ${text()} FROM people WHERE amount = '${word()}'`, error: /Error/ },
    'syntax errors': { sql: `SELECT name FROM people WHERE name = ${text()} ${text()}`, error: /syntax error/ },
    'open quotes': { sql: `SELECT name FROM people WHERE name = '${word()}`, error: /unterminated/ },
    'URLs in SQL': {
      sql: `SELECT * FROM read_csv('https://user:${word()}@127.0.0.1:1/x.csv?X-Amz-Signature=${word()}')`,
      error: /./,
    },
    'URLs as tables': { sql: `SELECT * FROM 's3://user:${word()}@bucket/x.parquet?sig=${word()}'`, error: /./ },
    'regular expressions that are none': {
      sql: `SELECT regexp_matches(name, '(${word()}') AS a FROM people`,
      error: /zq/,
    },
    'errors that look like one of DuckDB': {
      sql: `SELECT error('Conversion Error: ${word()}') AS a FROM people`,
      error: /zq/,
    },
  };
  return Object.entries(queries).map(([about, query]) => ({
    about,
    ...(typeof query === 'string' ? { sql: query } : query),
  }));
}
