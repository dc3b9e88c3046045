import { present } from '@planscope/internal/present';
import {
  describeNode,
  type EngineErrorReport,
  type EngineReport,
  type HttpRequestReport,
  type IoReport,
  type NodeField,
  type OperatorReport,
  operatorsBelow,
  type PhaseReport,
  type PlanReport,
  type ReportedTiming,
  type RuleReport,
  reportedDuration,
  type StageReport,
  stageSpread,
  stagesBottomUp,
  stageTaskCounts,
  type TaskReport,
} from '@planscope/plan/report';
import {
  ATTR_WARNING_CODES,
  METRIC_OUTPUT_ROWS,
  type SemanticSchema,
  SPAN_CREATE_PHYSICAL_PLAN,
  SPAN_OPTIMIZE_PHYSICAL_PLAN,
  sharedSchema,
  type TextKind,
  textAttributes,
  UNREGISTERED_TEXT,
} from '@planscope/semconv';
import { finishRun } from '../finish-run.ts';
import { reportedMetrics } from '../metric-sources.ts';
import { operatorKind } from '../operator-kind.ts';
import { operatorNumbers } from '../operator-numbers.ts';
import type {
  AttributeValues,
  Gap,
  HttpRequest,
  Operator,
  OperatorField,
  Phase,
  Query,
  Rule,
  Run,
  RunError,
  Stage,
  StorageCall,
  Task,
  Timing,
  Warning,
} from '../run.ts';
import { isSharedKey } from '../shared-key.ts';
import { plainAttributes } from '../spans/trace-span.ts';
import { callDirection, isThrottling } from '../storage-call.ts';

/** What a report does not have itself. */
export interface RunFromReportOptions {
  /** Unique among the runs of the program. Default: the id of the query in the engine, else the name of the engine. */
  readonly id?: string;
  /** Default: a summary of the query, its kind, or the name of the engine. */
  readonly name?: string;
  readonly service?: string;
  /** The program's own fields, such as labels and the tenant. */
  readonly fields?: AttributeValues;
  readonly warnings?: readonly { readonly code: string; readonly message?: string }[];
  /**
   * Redacts a text by its kind: SQL, fields of operators, plans, paths and the engine's attributes. Default: texts are
   * unchanged, with their literals.
   */
  readonly redact?: (text: string, kind: TextKind) => string;
  /** The registries of engines, for the kinds of their attributes. A text that is in none is of the kind `data`. */
  readonly schemas?: readonly SemanticSchema[];
}

/**
 * The run in the report of an engine. A query of a traced connection has the same numbers from its spans.
 *
 * A report whose window begins at 0 has no time of day, such as one that was created from a bare profile; the run then
 * has no start.
 */
export function runFromReport(report: EngineReport, options: RunFromReportOptions = {}): Run {
  const { engine, query, window, status, detail, partial = false } = report;
  const { id = report.queryId ?? engine.name, service, fields = {}, warnings = [] } = options;
  const reader = new ReportReader(report, options);
  const gaps: Gap[] = detail === 'summary' ? [{ code: 'summary-only', count: 1 }] : [];
  return finishRun({
    id,
    source: 'report',
    kind: 'query',
    name: options.name ?? query?.summary ?? query?.operation ?? engine.name,
    identity: {},
    ...(window.start === '0' ? {} : { start: window.start }),
    duration: reader.distance(window.start, window.end),
    basis: 'measured',
    status,
    ...present({ error: engineError(report.error), service }),
    gaps,
    resource: {},
    fields,
    tracing: {},
    callers: [],
    queries: [reader.query(partial)],
    warnings: [
      ...warnings.map(({ code, message }): Warning => ({ code, ...present({ message }) })),
      ...reader.warnings(),
    ],
    phases: reader.phases(),
    operators: reader.operators(),
    stages: reader.stages(),
    calls: reader.calls(),
    spans: [],
    sizes: new Map(),
  });
}

const QUERY_ID = 'query';

class ReportReader {
  readonly #report: EngineReport;
  readonly #redact: (text: string, kind: TextKind) => string;
  readonly #kinds: ReturnType<typeof textAttributes>;
  readonly #origin: bigint;

  constructor(report: EngineReport, { redact = (text) => text, schemas = [] }: RunFromReportOptions) {
    this.#report = report;
    this.#redact = redact;
    this.#kinds = textAttributes([sharedSchema, ...schemas]);
    this.#origin = BigInt(report.window.start);
  }

  distance(start: string, end: string): number {
    return Number(BigInt(end) - BigInt(start));
  }

  query(partial: boolean): Query {
    const { engine, query, window, status, error, metrics = [] } = this.#report;
    const measured = reportedMetrics(metrics);
    return {
      id: QUERY_ID,
      system: engine.name,
      ...present({
        version: engine.version || undefined,
        text: query === undefined ? undefined : this.#redact(query.text, 'sql'),
        summary: query?.summary,
        operation: query?.operation,
        returnedRows: measured[METRIC_OUTPUT_ROWS]?.value,
      }),
      parameters: {},
      timing: { basis: 'measured', start: 0, duration: this.distance(window.start, window.end) },
      status,
      ...present({ error: engineError(error) }),
      partial,
      metrics: measured,
    };
  }

  phases(): Phase[] {
    const { queue = [], planning = [], engine } = this.#report;
    const steps = queue.map(
      ({ phase, step, timing }, index): Phase => ({
        id: `queue-${index}`,
        name: phase,
        planner: engine.name,
        ...present({ step }),
        queryId: QUERY_ID,
        timing: this.#timing(timing),
        rules: [],
        effectiveRules: [],
      }),
    );
    return [...steps, ...planning.map((phase, index) => this.#phase(phase, index))];
  }

  #phase({ phase, step, timing, rules, planAfter }: PhaseReport, index: number): Phase {
    const isPhysical = phase === SPAN_CREATE_PHYSICAL_PLAN || phase === SPAN_OPTIMIZE_PHYSICAL_PLAN;
    const plan = planAfter === undefined ? undefined : this.#plan(planAfter);
    return {
      id: `phase-${index}`,
      name: phase,
      planner: this.#report.engine.name,
      ...present({ step }),
      queryId: QUERY_ID,
      timing: this.#timing(timing),
      rules: rules.map((rule) => this.#rule(rule)),
      effectiveRules: rules.filter(({ changed }) => changed === true).map(({ name }) => name),
      ...present(isPhysical ? { physicalPlan: plan } : { logicalPlan: plan }),
    };
  }

  #rule({ name, timing, changed, invocations, applied, plansUnavailable }: RuleReport): Rule {
    return {
      name,
      timing: this.#timing(timing),
      ...present({ changed, invocations, applied }),
      ...(plansUnavailable === undefined
        ? {}
        : { planDiff: { basis: 'unavailable', unavailableReason: plansUnavailable } }),
    };
  }

  /** One line for each node, indented. */
  #plan(plan: PlanReport): string {
    if (typeof plan === 'string') return this.#redact(plan, 'plan');
    const lines: string[] = [];
    const left = plan.map((node) => ({ node, depth: 0 })).reverse();
    for (let next = left.pop(); next !== undefined; next = left.pop()) {
      const { node, depth } = next;
      lines.push('  '.repeat(depth) + this.#line(node.name, node.fields));
      for (const child of node.children.toReversed()) left.push({ node: child, depth: depth + 1 });
    }
    return lines.join('\n');
  }

  #line(name: string, fields: readonly NodeField[] = []): string {
    return describeNode({ name, describe: () => fields }, (field) => this.#field(field).text);
  }

  #field({ key, text, kind }: NodeField): OperatorField {
    return {
      key,
      text: typeof text === 'string' ? this.#redact(text, kind) : text.map((entry) => this.#redact(entry, kind)),
    };
  }

  operators(): Operator[] {
    const { operators = [], stages = [] } = this.#report;
    const tree = [...this.#operatorsOf(operators, undefined)];
    const staged = stages.flatMap((stage) => [...this.#operatorsOf(stage.operators ?? [], stage)]);
    return [...tree, ...staged];
  }

  *#operatorsOf(roots: readonly OperatorReport[], stage: StageReport | undefined): Generator<Operator> {
    const parents = new Map<string, string>();
    for (const operator of operatorsBelow(roots)) {
      for (const child of operator.children) parents.set(child.id, operator.id);
      yield this.#operator(operator, parents.get(operator.id), stage);
    }
  }

  #operator(operator: OperatorReport, parentId: string | undefined, stage: StageReport | undefined): Operator {
    const { id, name, timing, children, inputStages = [], attributes = {} } = operator;
    const fields = (operator.fields ?? []).map((field) => this.#field(field)).filter(({ text }) => text.length > 0);
    const metrics = reportedMetrics(operator.metrics);
    const codes = attributes[ATTR_WARNING_CODES];
    return {
      id,
      reportId: id,
      name,
      kind: operatorKind(name, fields, 'engine'),
      origin: 'engine',
      ...present({ parentId, stageId: stage?.id }),
      queryId: QUERY_ID,
      inputIds: children.map((child) => child.id),
      inputStageIds: inputStages,
      description: this.#line(name, operator.fields),
      fields,
      details: plainAttributes(
        Object.entries(attributes)
          .filter(([key]) => !isSharedKey(key))
          .map(([key, value]) => [key, this.#attribute(key, value)] as const),
      ),
      timing: this.#timing(timing),
      partial: stage?.partial ?? this.#report.partial ?? false,
      ...operatorNumbers(metrics),
      metrics,
      warningCodes: Array.isArray(codes) ? codes : [],
    };
  }

  #attribute(key: string, value: unknown): unknown {
    const kind = this.#kinds(key)?.text ?? UNREGISTERED_TEXT;
    if (typeof value === 'string') return this.#redact(value, kind);
    return Array.isArray(value) ? value.map((entry) => this.#redact(String(entry), kind)) : value;
  }

  warnings(): Warning[] {
    return this.operators().flatMap(({ id, warningCodes }) =>
      warningCodes.map((code) => ({ code, operatorId: id, queryId: QUERY_ID })),
    );
  }

  stages(): Stage[] {
    return stagesBottomUp(this.#report.stages ?? []).map((stage) => ({
      id: stage.id,
      queryId: QUERY_ID,
      parentIds: stage.parents,
      timing: this.#timing(stage.timing),
      ...present({ status: stage.status }),
      partial: stage.partial ?? this.#report.partial ?? false,
      metrics: reportedMetrics(stage.metrics),
      taskCount: stageTaskCounts(stage).all,
      failedTaskCount: stageTaskCounts(stage).failed,
      tasks: stage.tasks.map((task) => this.#task(task)),
      spread: Object.fromEntries(
        stageSpread(stage).map(({ name, unit, least, median, most }) => [
          name,
          { unit, least: Number(least), median: Number(median), most: Number(most) },
        ]),
      ),
    }));
  }

  #task({ id, attempt = 0, host, status, error, timing, metrics }: TaskReport): Task {
    return {
      id,
      attempt,
      ...present({ host: host === undefined ? undefined : this.#redact(host, 'url') }),
      timing: this.#timing(timing),
      ...present({ status, error: engineError(error) }),
      partial: this.#report.partial ?? false,
      metrics: reportedMetrics(metrics),
    };
  }

  calls(): StorageCall[] {
    return (this.#report.io ?? [])
      .map((entry, index) => this.#call(entry, index))
      .sort((one, other) => (one.timing.start ?? 0) - (other.timing.start ?? 0));
  }

  #call(entry: IoReport, index: number): StorageCall {
    const { store, operation, location, bytes, requests, timing, operatorId, ranges = [], request } = entry;
    return {
      id: `call-${index}`,
      origin: 'engine',
      store,
      operation,
      direction: callDirection(operation),
      ...(location === '' ? {} : { location: this.#redact(location, 'url') }),
      bytes: Number(bytes),
      requests,
      ranges: ranges.map(([start, end]) => [Number(start), Number(end)] as const),
      timing: this.#timing(timing),
      ...(request === undefined ? {} : httpFields(request)),
      ...present({ operatorId }),
      queryId: QUERY_ID,
    };
  }

  #timing(timing: ReportedTiming): Timing {
    const { basis, window } = timing;
    const duration = reportedDuration(timing);
    return {
      basis,
      ...(window === undefined ? {} : { start: Number(BigInt(window.start) - this.#origin) }),
      ...(duration === undefined ? {} : { duration: Number(duration) }),
    };
  }
}

function engineError(error: EngineErrorReport | undefined): RunError | undefined {
  return error === undefined ? undefined : { code: error.code, ...present({ engineType: error.type }) };
}

function httpFields({ error, ...http }: HttpRequestReport): Pick<StorageCall, 'http' | 'error' | 'throttled'> {
  const request: HttpRequest = http;
  return {
    http: request,
    ...(error === undefined ? {} : { error: { type: error } }),
    ...(isThrottling(http.status) ? { throttled: true as const } : {}),
  };
}
