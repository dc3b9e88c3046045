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
import { querySummary } from '@planscope/redaction';
import { FIELD_SQL, METRIC_OUTPUT_ROWS } from '@planscope/semconv';
import type { RecordBatch, Schema } from 'apache-arrow';
import { DuckDBError } from '../duckdb-error.ts';
import type { QuerySource } from '../report/create-report.ts';
import type { SeenObject } from '../report/seen-objects.ts';
import type { DuckDBSession } from '../session/duckdb-session.ts';
import { bindQuery } from '../sql/bind-query.ts';
import { composeQuery, copyStatement, tableStatement, type View } from '../sql/compose-query.ts';
import { qualifiedName } from '../sql/input-binding.ts';
import { type BoundParameter, parameterLiteral, parameterNames } from '../sql/query-parameters.ts';
import { type ExecInput, inputFiles } from './input-files.ts';
import {
  type FileOutput,
  type OutputFiles,
  outputFiles,
  type PartitionedOutput,
  type TableOutput,
} from './output-files.ts';
import type { QueryRecording, QueryRun } from './query-run.ts';

/** Output of the node: batches of rows, one file with all rows, a file for each partition, or rows of a table. */
export type ExecOutput =
  | { readonly kind: 'batches'; readonly batchRows?: number }
  | FileOutput
  | PartitionedOutput
  | TableOutput;

type WrittenOutput = Exclude<ExecOutput, { readonly kind: 'batches' }>;

/** The query of a {@link DuckDBExec}, its inputs and its output. */
export interface DuckDBExecOptions {
  readonly session: DuckDBSession;
  /** One SELECT over the inputs, the views and the tables of the session. */
  readonly sql: string;
  /** In order: a view refers only to earlier views. */
  readonly views?: readonly View[];
  /** One for each child, in the same order. */
  readonly inputs?: readonly ExecInput[];
  /** Values for the parameters `$name` of the SELECT and its views, from `session.bindable`. Default: none. */
  readonly parameters?: readonly BoundParameter[] | undefined;
  readonly children?: readonly ExecutionPlan[];
  /** Columns of the SELECT, as `session.describe` returns them. */
  readonly schema: Schema;
  /** Default: batches of 65,536 rows. */
  readonly output?: ExecOutput;
  readonly recording?: QueryRecording;
  /** Watches the objects that the query reads from a store itself. */
  readonly objects?: ObjectWatch;
}

/** What a caller does about objects that change while DuckDB reads them. */
export interface ObjectWatch {
  /**
   * Called once, when the query has ended, in any way, before its outcome is known.
   *
   * @param objects their states in the responses that DuckDB logged; empty if requests are not logged
   */
  seen(objects: readonly SeenObject[]): void;
  /**
   * Called with the error of a query that failed, after `seen`. Must not reject.
   *
   * @returns the error to throw: the same, or one that explains it
   */
  explain(error: unknown, context: TaskContext): Promise<unknown>;
}

/** Holds the run of one execution as soon as it has started. */
interface StartedRun {
  run?: QueryRun;
  /** Resolves when it has ended and what it saw has been passed on. */
  finished?: Promise<void> | undefined;
}

/** Runs one SELECT in DuckDB over the files that its children produce. */
export class DuckDBExec implements ExecutionPlan {
  readonly name = 'DuckDBExec';
  readonly output: ExecutionPlan['output'];
  readonly schema: Schema | undefined;
  readonly properties: PlanProperties;
  readonly children: readonly ExecutionPlan[];
  readonly #options: DuckDBExecOptions;
  readonly #output: ExecOutput;

  /** @throws DuckDBError `invalid-plan` if children and inputs differ in number, `invalid-option` for a wrong limit */
  constructor(options: DuckDBExecOptions) {
    const { inputs = [], children = [], output = { kind: 'batches' } } = options;
    if (inputs.length !== children.length) {
      throw new DuckDBError(
        'invalid-plan',
        `DuckDBExec has ${inputs.length} inputs and ${children.length} children; each input needs the child that produces its files`,
      );
    }
    checkRecording(options.recording);
    this.#options = options;
    this.#output = output;
    this.children = children;
    const putsOutBatches = output.kind === 'batches';
    this.output = putsOutBatches ? 'batches' : 'files';
    this.schema = putsOutBatches ? options.schema : undefined;
    this.properties = { ...singlePartition, emissionType: putsOutBatches ? 'incremental' : 'final' };
  }

  withNewChildren(children: readonly ExecutionPlan[]): DuckDBExec {
    return new DuckDBExec({ ...this.#options, children });
  }

  describe(): NodeField[] {
    const { inputs = [], sql, views = [], parameters = [] } = this.#options;
    const named = new Set([sql, ...views.map((view) => view.sql)].flatMap((text) => [...parameterNames(text).names]));
    const used = parameters.filter(({ name }) => named.has(name.toLowerCase()));
    const { kind } = this.#output;
    const output = kind === 'file' || kind === 'partitioned' ? this.#output.format : kind;
    return [
      { key: 'inputs', text: inputs.map(({ name }) => name), kind: 'identifier' },
      { key: 'views', text: views.map(({ name }) => name), kind: 'identifier' },
      ...(used.length === 0 ? [] : [parametersField(used)]),
      { key: 'output', text: output, kind: 'code' },
      { key: FIELD_SQL, text: sql.replace(/\s+/g, ' ').trim(), kind: 'sql' },
    ];
  }

  execute(_partition: number, context: TaskContext): Execution {
    const output = this.#output;
    const started: StartedRun = {};
    const { batches, outcome } =
      output.kind === 'batches'
        ? createExecution(context, () => this.#stream(started, context, output.batchRows))
        : fileExecution(context, (body) => this.#write(started, body, context, output));
    return { batches, outcome: outcome.then((ended) => withReport(ended, started)) };
  }

  async *#stream(started: StartedRun, context: TaskContext, batchRows = 65_536): AsyncGenerator<RecordBatch> {
    const run = await this.#start(started, context);
    const release = run.interruptOn(context.signal);
    // This remains the status when the consumer returns early.
    let status: ExecutionStatus = 'cancelled';
    try {
      await run.prepare();
      const { recordBatches } = await import('../arrow/record-batches.ts');
      yield* recordBatches(await run.stream(), { batchRows, signal: context.signal });
      status = 'ok';
    } catch (error) {
      // After an abort, DuckDB throws its interrupt error: throw the signal's reason instead, with status 'cancelled'.
      context.signal.throwIfAborted();
      status = 'error';
      throw await this.#explained(error, started, context);
    } finally {
      release();
      await this.#finish(started, status);
    }
  }

  /** Ends the run. A second call waits for the first. */
  async #finish(started: StartedRun, status: ExecutionStatus): Promise<void> {
    const { run } = started;
    started.finished ??= run?.finish(status).then(() => this.#options.objects?.seen(run.seenObjects));
    await started.finished;
  }

  /** What the caller says of an error; the run is finished first, because only then the log has been read. */
  async #explained(error: unknown, started: StartedRun, context: TaskContext): Promise<unknown> {
    const { objects } = this.#options;
    if (objects === undefined) return error;
    await this.#finish(started, 'error');
    return objects.explain(error, context);
  }

  async #write(started: StartedRun, body: ExecutionBody, context: TaskContext, output: WrittenOutput): Promise<void> {
    const files = output.kind === 'table' ? undefined : outputFiles(output);
    const writing = files === undefined ? tableWriting(output as TableOutput) : fileWriting(files);
    const run = await this.#start(started, context, writing);
    const release = run.interruptOn(context.signal);
    let status: ExecutionStatus = 'cancelled';
    try {
      await run.prepare();
      const { rows, result } = await run.write(files?.countColumn);
      if (files !== undefined) body.artifacts.push(...(await files.artifacts(result)));
      body.metrics.add({ name: METRIC_OUTPUT_ROWS, type: 'count', unit: '{row}', value: rows });
      status = 'ok';
    } catch (error) {
      context.signal.throwIfAborted();
      status = 'error';
      throw await this.#explained(error, started, context);
    } finally {
      release();
      await this.#finish(started, status);
      if (status !== 'ok') await files?.remove();
    }
  }

  async #start(started: StartedRun, context: TaskContext, writing?: Writing): Promise<QueryRun> {
    const { session, sql, views = [], inputs = [], parameters, recording = {} } = this.#options;
    const bindings = await inputFiles(inputs, this.children, context);
    const bound = bindQuery({ sql, views, inputs: bindings, parameters });
    const query = composeQuery(sql, views);
    const operation = writing?.operation ?? 'SELECT';
    const source: QuerySource = {
      text: writing?.statement(query) ?? query,
      operation,
      summary: querySummary(
        operation,
        inputs.map(({ name }) => name),
      ),
      files: {
        inputs: bindings.filter((input) => 'paths' in input),
        ...(writing?.path === undefined ? {} : { output: writing.path }),
      },
    };
    const { setup, text } = bound;
    const run = writing === undefined ? bound : { setup, text: writing.statement(text), parameters: bound.parameters };
    started.run = await session.start(source, run, recording, context.warn);
    return started.run;
  }
}

function parametersField(parameters: readonly BoundParameter[]): NodeField {
  const text = parameters.map((parameter) => `$${parameter.name} = ${parameterLiteral(parameter)}`);
  return { key: 'parameters', text, kind: 'expression' };
}

/** A statement that writes the rows of a query. */
interface Writing {
  readonly operation: string;
  readonly statement: (query: string) => string;
  /** The file that it writes, or the folder of its files with a slash at its end. */
  readonly path?: string;
}

function fileWriting(files: OutputFiles): Writing {
  return { operation: 'COPY', statement: (query) => copyStatement(query, files), path: files.path };
}

function tableWriting({ table, mode }: TableOutput): Writing {
  const name = qualifiedName(table);
  return {
    operation: mode === 'append' ? 'INSERT' : 'CREATE TABLE',
    statement: (query) => tableStatement(query, name, mode),
  };
}

function checkRecording({ ablationLimit = 0, detail }: QueryRecording = {}): void {
  const { slowerThan = 0 } = detail ?? {};
  if (!(Number.isSafeInteger(ablationLimit) && ablationLimit >= 0)) {
    throw invalid(`ablationLimit is ${ablationLimit}; it must be a whole number of milliseconds from 0 up`);
  }
  if (!(Number.isFinite(slowerThan) && slowerThan >= 0)) {
    throw invalid(`detail.slowerThan is ${String(slowerThan)}; it must be a number of milliseconds from 0 up`);
  }
}

function invalid(text: string): DuckDBError {
  return new DuckDBError('invalid-option', `recording.${text}`);
}

async function withReport(outcome: ExecutionOutcome, { run }: StartedRun): Promise<ExecutionOutcome> {
  return run === undefined ? outcome : { ...outcome, report: await run.report };
}
