import type { TracingConfig } from '@planscope/config';
import type { QueryParameters } from '@planscope/duckdb';
import type { IoReportOptions, OperatorReportOptions } from '@planscope/exec-instrumentation';
import type {
  AnalyzerRule,
  LogicalPlan,
  PlanningContext,
  QueryPlanner,
  ReportRecorder,
  TaskContext,
  WarningSink,
} from '@planscope/plan';
import type { SqlDialect } from '@planscope/redaction';
import type { PlanningTraceOptions } from '@planscope/rule-instrumentation';
import type { InputIdentity } from '../identity/identities.ts';
import type { InputSource } from '../input/input-source.ts';
import type { RelationNode } from '../logical/relation-node.ts';
import type { OutputTarget } from '../planner/output-plan.ts';
import type { Description, RecentlyUsed } from '../reuse/plan-cache.ts';
import type { ReferenceReader } from '../rules/resolve-names.ts';
import type { PlanningRequests } from '../run/planning-requests.ts';
import type { RunStores } from '../run/run-stores.ts';
import type { ExecutionSpec } from '../spec/execution-spec.ts';

/** The database engines that run specifications. */
export type EngineName = 'duckdb' | 'trino';

/**
 * A database engine that is open for runs. Everything that differs between engines is behind this interface. Planning,
 * identities, spans and results do not depend on the engine.
 */
export interface EngineBackend {
  readonly name: EngineName;
  readonly version: string;
  /** What results depend on besides specification and inputs; part of the envelope. */
  readonly settings: Readonly<Record<string, string>>;
  /** The words of its SQL and its messages, for redaction. */
  readonly dialect: SqlDialect;
  /**
   * Prepares a run, without any request or statement.
   *
   * @throws SpecError for what is wrong in the specification, or what this engine cannot do
   */
  prepare(run: RunToPrepare): BackendRun;
  /** The recorders for the reports of its operators, in the order in which they must run. */
  reportRecorders(options: ReportOptions): ReportRecorder[];
  /** How long an operator waits for its report, in milliseconds. */
  outcomeWait(config: TracingConfig): number;
  /** Called when no run is under way. */
  close(): Promise<void>;
}

/** A parsed specification that is about to run. */
export interface RunToPrepare {
  readonly spec: ExecutionSpec;
  readonly config: TracingConfig;
  readonly stores: RunStores;
  /** Values for the parameters of its queries. */
  readonly values: QueryParameters;
  /** The columns of inputs from earlier runs; undefined if none are kept. */
  readonly remembered: RecentlyUsed<Description> | undefined;
  readonly warn: WarningSink;
  /** Called with the number of bytes fetched from stores during planning. */
  readonly noteBytes: (bytes: number) => void;
  /** Records the requests that the engine itself makes during planning; undefined if the run does not trace storage. */
  readonly requests: PlanningRequests | undefined;
}

/** How the reports of an engine are drawn. */
export interface ReportOptions {
  readonly planning: PlanningTraceOptions;
  readonly operators: OperatorReportOptions;
  /** Absent if reads and writes have no spans. */
  readonly io?: IoReportOptions;
}

/** What an engine does for one run. */
export interface BackendRun {
  /** Destinations of the outputs that are not returned to the caller, by name. */
  readonly targets: ReadonlyMap<string, OutputTarget | CatalogTarget>;
  readonly inputs: BackendInputs;
  readonly queries: QueryReader;
  /** Types and values of the parameters by name, for the envelope; undefined without parameters. */
  readonly parameters: Readonly<Record<string, string>> | undefined;
  /** The rule that finds the columns of inputs and views. */
  readonly resolveSchemas: AnalyzerRule;
  readonly queryPlanner: QueryPlanner;
  /**
   * Checks what needs a statement or the file system: parameters and outputs. Called once, before planning.
   *
   * @throws SpecError, ObjectStoreError
   */
  begin(): Promise<void>;
  /** Called after the last row of an output; rejects if the rows may be wrong. */
  confirm(plan: LogicalPlan, context: TaskContext): Promise<void>;
  /** Removes what the run made for itself. Never rejects. */
  dispose(): Promise<void>;
}

/** The table of an output in a catalog of the engine. */
export interface CatalogTarget {
  readonly kind: 'table';
  /** Its full name. */
  readonly table: string;
  readonly mode: 'create' | 'append';
}

/** The inputs of one run. */
export interface BackendInputs {
  /**
   * Finds inputs and their state, without reading them.
   *
   * @throws SpecError `input-not-found`
   */
  find(relations: readonly RelationNode[], context: PlanningContext): Promise<void>;
  /** Undefined if the input is not known yet. */
  found(relation: RelationNode): InputSource | undefined;
  readonly identities: readonly InputIdentity[];
  /** Hash of the state of all inputs; undefined if it is not known, so that a later run has to plan again. */
  fingerprint(): string | undefined;
  /** Whether an input changed while its columns were read, so that they may not match its state. */
  readonly changed: boolean;
}

/** Reads queries in the SQL of the engine. */
export interface QueryReader {
  /** Returns the relations that a query refers to; rejects if it is not one SELECT statement. */
  readonly references: ReferenceReader;
  /** Returns what remains of a query without literals, comments and white space, as a JSON value. */
  readonly shape: (sql: string) => Promise<unknown>;
  /** Whether the columns of a query depend only on its text and on the inputs. */
  readonly readsInputsOnly: (sql: string) => Promise<boolean>;
  /** Starts reading all queries of the specification together. */
  readonly readAhead: () => void;
}
