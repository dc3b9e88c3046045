import { coveringWindow, type IoReport, type MetricReport, type TimeWindow } from '@planscope/plan';
import type { FileActivity, LoggedActivity, RequestActivity, RowGroupActivity } from '../events/activity-tally.ts';
import type { CatalogueEvent } from '../events/engine-event.ts';
import type { ProfiledOperator } from '../profile/query-profile.ts';
import { catalogueReports } from './catalogue-reports.ts';
import { icebergMetadata } from './iceberg-metadata.ts';
import { activityMetrics, attributeActivity, ioReports, type QueryFiles } from './io-reports.ts';
import type { OperatorDetails } from './operator-reports.ts';
import { type LocatedRequest, locateRequests, requestMetrics, requestReports } from './request-reports.ts';
import { rowGroupMetrics } from './row-groups.ts';

/** What DuckDB logged of a query, by the operators that it belongs to. */
export class OwnedActivity {
  readonly fileOwners: ReadonlyMap<FileActivity, string>;
  readonly #files: readonly FileActivity[];
  readonly #operators: readonly ProfiledOperator[];
  readonly #catalogue: readonly CatalogueEvent[];
  readonly #requests: readonly LocatedRequest[];
  readonly #requestOwners: ReadonlyMap<LocatedRequest, string>;
  readonly #rowGroupOwners: ReadonlyMap<RowGroupActivity, string>;

  constructor(
    { files, requests, rowGroups, catalogue }: LoggedActivity,
    operators: readonly ProfiledOperator[],
    known: QueryFiles,
  ) {
    this.#files = files;
    this.#operators = operators;
    this.#catalogue = catalogue;
    const paths = [...files, ...rowGroups, ...known.inputs.flatMap((input) => input.paths.map((path) => ({ path })))];
    this.#requests = locateRequests(
      requests,
      paths.map(({ path }) => path),
    );
    this.fileOwners = attributeActivity(files, operators, known);
    this.#requestOwners = ownersOf(
      this.#requests,
      ({ location, request: { method } }) => ({ path: location, operation: WRITES.has(method) ? 'write' : 'read' }),
      operators,
      known,
    );
    this.#rowGroupOwners = ownersOf(rowGroups, ({ path }) => ({ path, operation: 'read' }), operators, known);
  }

  /** Reads, writes, requests, and queries of catalogues. A read of a remote file is shown by its requests, where they are known. */
  reports(): IoReport[] {
    const requested = new Set(this.#requests.map(({ location }) => location));
    const local = this.#files.filter(({ path }) => !requested.has(path));
    return [
      ...ioReports(local, this.fileOwners),
      ...requestReports(this.#requests, this.#requestOwners),
      ...catalogueReports(this.#catalogue),
    ];
  }

  /** By the id of the operator: what it did in numbers, and from when to when that was seen. */
  details(): Pick<OperatorDetails, 'attributes' | 'metrics' | 'windows'> {
    const metrics = new Map<string, MetricReport[]>();
    const add = (id: string, more: readonly MetricReport[]): void => {
      metrics.set(id, [...(metrics.get(id) ?? []), ...more]);
    };
    const files = byOwner(this.fileOwners);
    const requests = byOwner(this.#requestOwners);
    for (const [id, own] of files) add(id, activityMetrics(own));
    for (const [id, own] of requests) add(id, requestMetrics(own.map(({ request }) => request)));
    const windows = new Map<string, TimeWindow>();
    for (const [id, [first, ...others]] of byOwner(this.#rowGroupOwners)) {
      add(id, rowGroupMetrics([first, ...others]));
      // What the scan read and asked for is drawn below it, and lies partly before its first row group.
      const below = [...(files.get(id) ?? []), ...(requests.get(id) ?? []).map(({ request }) => windowOf(request))];
      windows.set(id, coveringWindow([first.window, ...[...others, ...below].map(({ window }) => window)]));
    }
    const attributes = new Map<string, Readonly<Record<string, string>>>();
    const paths = [...this.#files.map(({ path }) => path), ...this.#requests.map(({ location }) => location)];
    const pathsOf = (id: string): string[] => [
      ...(files.get(id) ?? []).map(({ path }) => path),
      ...(requests.get(id) ?? []).map(({ location }) => location),
    ];
    for (const [id, found] of icebergMetadata(paths, this.#operators, pathsOf)) {
      attributes.set(id, found.attributes);
      add(id, found.metrics);
    }
    return { attributes, metrics, windows };
  }
}

function windowOf({ start, time }: RequestActivity): { readonly window: TimeWindow } {
  return { window: { start: start.toString(), end: time.toString() } };
}

const WRITES: ReadonlySet<string> = new Set(['PUT', 'POST', 'DELETE']);

function ownersOf<T>(
  entries: readonly T[],
  useOf: (entry: T) => Pick<FileActivity, 'path' | 'operation'>,
  operators: readonly ProfiledOperator[],
  known: QueryFiles,
): Map<T, string> {
  const uses = new Map(entries.map((entry) => [useOf(entry), entry]));
  const owners = attributeActivity([...uses.keys()], operators, known);
  return new Map([...owners].map(([use, id]) => [uses.get(use) as T, id]));
}

function byOwner<T>(owners: ReadonlyMap<T, string>): Map<string, [T, ...T[]]> {
  const owned = new Map<string, [T, ...T[]]>();
  for (const [entry, id] of owners) {
    const known = owned.get(id);
    if (known === undefined) owned.set(id, [entry]);
    else known.push(entry);
  }
  return owned;
}
