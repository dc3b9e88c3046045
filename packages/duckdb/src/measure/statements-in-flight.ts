interface Statements {
  open: number;
  begun: number;
}

// One process may load this package twice, as ESM and as CommonJS; the statements of both share the instances.
const registry = Symbol.for('planscope.duckdb.statements-in-flight.1');
const holder = globalThis as { [registry]?: Statements };
holder[registry] ??= { open: 0, begun: 0 };
const statements: Statements = holder[registry];

/** A statement of the process, of any instance, while it is in flight. */
export class StatementInFlight {
  readonly #begun: number;
  #isAlone: boolean;
  #isOver = false;

  constructor() {
    this.#isAlone = statements.open === 0;
    statements.open += 1;
    statements.begun += 1;
    this.#begun = statements.begun;
  }

  /**
   * The statement is over. Safe to call twice.
   *
   * @returns whether no other statement that Planscope saw was in flight meanwhile
   */
  end(): boolean {
    if (this.#isOver) return this.#isAlone;
    this.#isOver = true;
    this.#isAlone &&= statements.begun === this.#begun;
    statements.open -= 1;
    return this.#isAlone;
  }
}

/**
 * Counts a statement that is sent without being measured.
 *
 * @param running its call; undefined if it is not known when the call is answered
 * @returns the call
 */
export function countUnmeasured(): void;
export function countUnmeasured<T>(running: Promise<T>): Promise<T>;
export function countUnmeasured<T>(running?: Promise<T>): Promise<T> | undefined {
  const statement = new StatementInFlight();
  const end = (): void => {
    statement.end();
  };
  if (running === undefined) end();
  else running.then(end, end);
  return running;
}
