import type { FetchOptions, LocalFile } from '@planscope/object-store';
import {
  type Execution,
  type ExecutionBody,
  type ExecutionPlan,
  fileExecution,
  type NodeField,
  type PlanProperties,
  singlePartition,
  type TaskContext,
} from '@planscope/plan';
import {
  FIELD_FORMAT,
  FIELD_LOCATION,
  FIELD_NAME,
  METRIC_BYTES_FROM_CACHE,
  METRIC_BYTES_READ,
  METRIC_FILES_PRUNED,
  METRIC_FILES_SCANNED,
} from '@planscope/semconv';
import type { DeletedRows } from '../delta/deleted-rows.ts';
import type { InputObject } from '../input/input-source.ts';
import { pathInPlace, type Staging } from '../input/staging.ts';
import type { RelationNode } from '../logical/relation-node.ts';

/** What is known of the files of a table. */
export interface FetchedFiles {
  /** Number of files that no query needs. */
  readonly pruned: number;
  readonly deleted?: DeletedRows | undefined;
}

/** Characters that make a path a pattern for DuckDB. */
const PATTERN_CHARACTER = /[*?[]/;

/** Fetches the objects of one input as local files. Objects that are already local are read in place. */
export class FetchExec implements ExecutionPlan {
  readonly name = 'FetchExec';
  readonly output = 'files';
  readonly properties: PlanProperties = singlePartition;
  readonly children: readonly [] = [];

  constructor(
    readonly relation: RelationNode,
    readonly objects: readonly InputObject[],
    readonly staging: Staging,
    /** Undefined for an input that is not a table. */
    readonly table: FetchedFiles | undefined = undefined,
  ) {}

  withNewChildren(children: readonly ExecutionPlan[]): FetchExec {
    if (children.length > 0) throw new RangeError('[planscope/engine] a FetchExec has no children');
    return this;
  }

  describe(): NodeField[] {
    const { names, format, location } = this.relation;
    const bytes = this.objects.reduce((sum, { meta }) => sum + meta.size, 0);
    return [
      { key: FIELD_NAME, text: names.join(', '), kind: 'identifier' },
      { key: FIELD_FORMAT, text: format, kind: 'code' },
      { key: 'objects', text: String(this.objects.length), kind: 'code' },
      { key: 'bytes', text: String(bytes), kind: 'code' },
      ...this.#deletionFields(),
      { key: FIELD_LOCATION, text: location, kind: 'url' },
      ...this.#accessFields(),
    ];
  }

  /** Only for inputs that DuckDB could have read itself. */
  #accessFields(): NodeField[] {
    const { way, reason } = this.relation.source?.access ?? {};
    if (way === undefined || (way === 'in_place' && reason === undefined)) return [];
    const why = reason === undefined ? [] : [{ key: 'access_reason', text: reason, kind: 'code' } as const];
    return [{ key: 'access', text: way, kind: 'code' }, ...why];
  }

  #deletionFields(): NodeField[] {
    const { deleted } = this.table ?? {};
    return deleted === undefined ? [] : [{ key: 'files_with_deleted_rows', text: String(deleted.files), kind: 'code' }];
  }

  async #fetchAll(options: FetchOptions & { readonly onBytes: (bytes: number) => void }): Promise<LocalFile[]> {
    const files = await this.staging.fetch(this.objects, options);
    await this.table?.deleted?.write(options);
    return files;
  }

  execute(partition: number, context: TaskContext): Execution {
    return context.shared.once(this, partition, () => fileExecution(context, (body) => this.#fetch(body, context)));
  }

  async #fetch({ artifacts, metrics }: ExecutionBody, { signal, otelContext, budget }: TaskContext): Promise<void> {
    const isRemote = this.objects.some((object) => pathInPlace(object) === undefined);
    // Recorded for every remote input, even if it is 0, because 0 bytes differ from an unknown number.
    const count = (name: string, value: number): void => {
      if (isRemote) metrics.add({ name, type: 'count', unit: 'By', value });
    };
    let fetched = 0;
    const onBytes = (bytes: number): void => {
      fetched += bytes;
    };
    const options = { signal, otelContext, budget, onBytes };
    const files = await this.#fetchAll(options).finally(() => count(METRIC_BYTES_READ, fetched));
    if (this.table !== undefined) {
      metrics.add({ name: METRIC_FILES_SCANNED, type: 'count', unit: '{file}', value: this.objects.length });
      metrics.add({ name: METRIC_FILES_PRUNED, type: 'count', unit: '{file}', value: this.table.pruned });
    }
    count(
      METRIC_BYTES_FROM_CACHE,
      files.reduce((sum, { bytesCached }) => sum + bytesCached, 0),
    );
    for (const [index, object] of this.objects.entries()) {
      const { url, meta, isLiteral = false } = object;
      const { size, eTag } = meta;
      const { path = '' } = files[index] ?? {};
      const etag = eTag === undefined ? {} : { etag: eTag };
      const found = isLiteral && PATTERN_CHARACTER.test(path) ? await this.staging.link(path) : path;
      artifacts.push({ path: found, bytes: size, format: this.relation.format, source: url, ...etag });
    }
  }
}
