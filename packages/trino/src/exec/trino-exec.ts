import {
  createExecution,
  type Execution,
  type ExecutionBody,
  type ExecutionOutcome,
  type ExecutionPlan,
  type ExecutionStatus,
  fileExecution,
  type NodeField,
  type PlanProperties,
  singlePartition,
  type TaskContext,
} from '@planscope/plan';
import { FIELD_SQL, METRIC_OUTPUT_ROWS } from '@planscope/semconv';
import type { RecordBatch, Schema } from 'apache-arrow';
import { TrinoClientError } from '../client/trino-client-error.ts';
import { TrinoQueryError } from '../client/trino-query-error.ts';
import type { TrinoResult } from '../client/trino-result.ts';
import type { TrinoOutcome } from '../report/to-engine-report.ts';
import type { TrinoSession } from './trino-session.ts';

/** The statement of a {@link TrinoExec}, and what is said of it. */
export interface TrinoExecOptions {
  readonly session: TrinoSession;
  /** The statement that is sent: a SELECT, or one that writes the rows of a SELECT into a table. */
  readonly statement: string;
  /** A value for each `?` of the statement. */
  readonly parameters?: readonly unknown[];
  /** Properties of its session, beside those of the options. Default: none. */
  readonly properties?: Readonly<Record<string, string>> | undefined;
  /** `batches` for a SELECT, `table` for a statement that writes. */
  readonly output: 'batches' | 'table';
  /** Columns of the SELECT. */
  readonly schema: Schema;
  /** Names of the tables that it reads and of its views. Default: none. */
  readonly inputs?: readonly string[];
  readonly views?: readonly string[];
}

/** Holds what is known of one execution as soon as Trino has the query. */
interface StartedQuery {
  queryId?: string;
  error?: unknown;
}

/** Runs one statement in a Trino cluster, which reads the tables itself. */
export class TrinoExec implements ExecutionPlan {
  readonly name = 'TrinoExec';
  readonly output: ExecutionPlan['output'];
  readonly schema: Schema | undefined;
  readonly properties: PlanProperties;
  readonly children: readonly [] = [];
  readonly #options: TrinoExecOptions;

  constructor(options: TrinoExecOptions) {
    this.#options = options;
    const returnsRows = options.output === 'batches';
    this.output = returnsRows ? 'batches' : 'files';
    this.schema = returnsRows ? options.schema : undefined;
    this.properties = { ...singlePartition, emissionType: returnsRows ? 'incremental' : 'final' };
  }

  withNewChildren(children: readonly ExecutionPlan[]): TrinoExec {
    if (children.length > 0) throw new RangeError('[planscope/trino] a TrinoExec has no children');
    return this;
  }

  describe(): NodeField[] {
    const { inputs = [], views = [], statement, output } = this.#options;
    return [
      { key: 'inputs', text: [...inputs], kind: 'identifier' },
      { key: 'views', text: [...views], kind: 'identifier' },
      { key: 'output', text: output, kind: 'code' },
      { key: FIELD_SQL, text: statement.replace(/\s+/g, ' ').trim(), kind: 'sql' },
    ];
  }

  execute(_partition: number, context: TaskContext): Execution {
    const started: StartedQuery = {};
    const { batches, outcome } =
      this.#options.output === 'batches'
        ? createExecution(context, () => this.#stream(started, context))
        : fileExecution(context, (body) => this.#write(started, body, context));
    return { batches, outcome: outcome.then((ended) => this.#withReport(ended, started, context)) };
  }

  async *#stream(started: StartedQuery, context: TaskContext): AsyncGenerator<RecordBatch> {
    const result = await this.#start(started, context);
    const { recordBatches } = await import('../arrow/record-batches.ts');
    try {
      yield* recordBatches(result);
    } catch (error) {
      started.error = error;
      throw error;
    }
  }

  async #write(started: StartedQuery, { metrics }: ExecutionBody, context: TaskContext): Promise<void> {
    const result = await this.#start(started, context);
    try {
      for await (const _ of result.pages()) {
        // The rows of a statement that writes are only its number of rows.
      }
    } catch (error) {
      started.error = error;
      throw error;
    }
    const { updateCount } = result;
    if (updateCount === undefined) return;
    metrics.add({ name: METRIC_OUTPUT_ROWS, type: 'count', unit: '{row}', value: updateCount });
  }

  async #start(started: StartedQuery, { signal, otelContext }: TaskContext): Promise<TrinoResult> {
    const { session, statement, parameters = [], properties = {} } = this.#options;
    try {
      const result = await session.query(statement, { parameters, session: properties, signal, otelContext });
      started.queryId = result.queryId;
      return result;
    } catch (error) {
      started.error = error;
      if (TrinoQueryError.isInstance(error)) started.queryId = error.queryId;
      throw error;
    }
  }

  async #withReport(
    ended: ExecutionOutcome,
    { queryId, error }: StartedQuery,
    context: TaskContext,
  ): Promise<ExecutionOutcome> {
    if (queryId === undefined) return ended;
    const isGone = TrinoClientError.isInstance(error) && error.code === 'unreachable';
    const { report, warnings } = await this.#options.session.report(queryId, outcomeOf(ended.status, error), isGone);
    for (const warning of warnings) context.warn({ ...warning, operator: this.name });
    return report === undefined ? ended : { ...ended, report };
  }
}

function outcomeOf(status: ExecutionStatus, error: unknown): TrinoOutcome {
  return TrinoQueryError.isInstance(error)
    ? { status, error: { code: error.errorName, type: error.errorType } }
    : { status };
}
