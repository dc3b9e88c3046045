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
} from '@planscope/semconv';
import type { InputObject } from '../input/input-source.ts';
import { pathInPlace, type Staging } from '../input/staging.ts';
import type { RelationNode } from '../logical/relation-node.ts';

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
      { key: FIELD_LOCATION, text: location, kind: 'url' },
    ];
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
    const files = await this.staging
      .fetch(this.objects, { signal, otelContext, budget, onBytes })
      .finally(() => count(METRIC_BYTES_READ, fetched));
    count(
      METRIC_BYTES_FROM_CACHE,
      files.reduce((sum, { bytesCached }) => sum + bytesCached, 0),
    );
    this.objects.forEach(({ url, meta: { size, eTag } }, index) => {
      const path = files[index]?.path ?? '';
      const etag = eTag === undefined ? {} : { etag: eTag };
      artifacts.push({ path, bytes: size, format: this.relation.format, source: url, ...etag });
    });
  }
}
