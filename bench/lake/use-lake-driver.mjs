// Extensions load only into the driver of their version: `@duckdb/node-api` is the one of the workspace `lake`.
import { register } from 'node:module';

const driver = new URL('../../lake/node_modules/@duckdb/node-api/lib/index.js', import.meta.url).href;
const source = `export const resolve = (specifier, context, next) =>
  next(specifier === '@duckdb/node-api' ? ${JSON.stringify(driver)} : specifier, context);`;
register(`data:text/javascript,${encodeURIComponent(source)}`);
