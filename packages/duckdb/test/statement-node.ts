import {
  createExecution,
  type Execution,
  type ExecutionPlan,
  type ExecutionStatus,
  type NodeField,
  type PlanProperties,
  singlePartition,
  type TaskContext,
} from '@planscope/plan';
import { FIELD_SQL } from '@planscope/semconv';
import type { DuckDBSession } from '../src/session/duckdb-session.ts';

/** A node that runs any one statement of a session to its end and has its report. */
export class StatementNode implements ExecutionPlan {
  readonly name: string = 'StatementNode';
  readonly output = 'files';
  readonly properties: PlanProperties = singlePartition;
  readonly children: readonly ExecutionPlan[] = [];
  readonly #session: DuckDBSession;
  readonly #sql: string;

  constructor(session: DuckDBSession, sql: string) {
    this.#session = session;
    this.#sql = sql;
  }

  withNewChildren(): StatementNode {
    return this;
  }

  describe(): NodeField[] {
    return [{ key: FIELD_SQL, text: this.#sql, kind: 'sql' }];
  }

  execute(_partition: number, context: TaskContext): Execution {
    const [operation = ''] = this.#sql.trim().split(/\s/);
    const source = { text: this.#sql, operation, summary: operation, files: { inputs: [] } };
    const session = this.#session;
    return createExecution(context, async function* (body) {
      const run = await session.start(source, { setup: [], parameters: [], text: source.text }, {}, context.warn);
      let status: ExecutionStatus = 'error';
      try {
        await run.prepare();
        await run.write();
        status = 'ok';
      } finally {
        await run.finish(status);
        body.report = await run.report;
      }
      yield* [];
    });
  }
}
