import { createHook } from 'node:async_hooks';
import fs from 'node:fs';
import { createRequire, syncBuiltinESMExports } from 'node:module';

/** Calls counted since this module was loaded. Load it before the driver and Planscope. */
export interface CallCounts {
  /** Calls of the driver's native part that make DuckDB parse or run a statement. */
  readonly statements: number;
  /** Calls of Node's file system that open a file or a folder, without those DuckDB opens itself. */
  readonly opens: number;
  readonly promises: number;
}

const STATEMENT_CALLS: ReadonlySet<string | symbol> = new Set([
  'query',
  'prepare',
  'extract_statements',
  'prepare_extracted_statement',
  'execute_prepared',
  'execute_prepared_streaming',
  'pending_prepared',
  'pending_prepared_streaming',
]);
const OPENING_CALLS =
  /^(?:open|openSync|opendir|opendirSync|openAsBlob|readdir|readdirSync|readFile|readFileSync|writeFile|writeFileSync|appendFile|appendFileSync|createReadStream|createWriteStream|mkdtemp|mkdtempSync)$/;

let statements = 0;
let opens = 0;
let promises = 0;

countStatements();
countOpens(fs);
countOpens(fs.promises);
syncBuiltinESMExports();
createHook({
  init(_, type) {
    if (type === 'PROMISE') promises += 1;
  },
}).enable();

/** What a call adds to the counts until its promise resolves. */
export async function countCalls(call: () => Promise<unknown>): Promise<CallCounts> {
  const before = { statements, opens, promises };
  await call();
  return {
    statements: statements - before.statements,
    opens: opens - before.opens,
    promises: promises - before.promises,
  };
}

/** The native functions cannot be replaced, but the driver looks each up by name for every call. */
function countStatements(): void {
  const ofDriver = createRequire(createRequire(import.meta.url).resolve('@duckdb/node-api'));
  const bindings: object = ofDriver('@duckdb/node-bindings');
  const loaded = ofDriver.cache[ofDriver.resolve('@duckdb/node-bindings')];
  if (loaded === undefined) throw new Error('the native part of the driver is not in the cache of modules');
  loaded.exports = new Proxy(bindings, {
    get(target, name) {
      if (STATEMENT_CALLS.has(name)) statements += 1;
      return Reflect.get(target, name);
    },
  });
}

function countOpens(module: object): void {
  const calls = module as Record<string, unknown>;
  for (const [name, call] of Object.entries(calls)) {
    if (typeof call !== 'function' || !OPENING_CALLS.test(name)) continue;
    calls[name] = (...args: unknown[]): unknown => {
      // A number is the descriptor of an open file.
      if (typeof args[0] !== 'number') opens += 1;
      return Reflect.apply(call, module, args);
    };
  }
}
