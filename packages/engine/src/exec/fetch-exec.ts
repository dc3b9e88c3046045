import {
  type Artifact,
  type Execution,
  type ExecutionPlan,
  MetricsSet,
  type PlanProperties,
  singlePartition,
  type TaskContext,
} from '@planscope/plan';
import { METRIC_BYTES_READ } from '@planscope/semconv';
import { Schema } from 'apache-arrow';
import type { InputObject } from '../input/input-source.ts';
import type { Staging } from '../input/staging.ts';
import type { RelationNode } from '../logical/relation-node.ts';
import { fileExecution } from './file-execution.ts';

/** Brings the objects of one input here as local files; objects that are local already are read in place. */
export class FetchExec implements ExecutionPlan {
  readonly name = 'FetchExec';
  readonly schema: Schema = new Schema([]);
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

  describe(): string {
    const bytes = this.objects.reduce((sum, { size }) => sum + size, 0);
    return `${this.relation.names.join(', ')} format=${this.relation.format} objects=${this.objects.length} bytes=${bytes} location=${this.relation.location}`;
  }

  execute(partition: number, context: TaskContext): Execution {
    return context.shared.once(this, partition, () => fileExecution(context, () => this.#fetch(context)));
  }

  async #fetch(context: TaskContext): Promise<{ metrics: MetricsSet; artifacts: readonly Artifact[] }> {
    const { signal, otelContext, budget } = context;
    const files = await Promise.all(
      this.objects.map((object) => this.staging.fetch(object, { signal, otelContext, budget })),
    );
    const artifacts = this.objects.map(({ url, size, etag }, index) => ({
      path: files[index]?.path ?? '',
      bytes: size,
      format: this.relation.format,
      source: url,
      ...(etag === undefined ? {} : { etag }),
    }));
    const fetched = files.reduce((sum, { bytesFetched }) => sum + bytesFetched, 0);
    const metrics = new MetricsSet();
    if (fetched > 0) metrics.add({ name: METRIC_BYTES_READ, type: 'count', unit: 'By', value: fetched });
    return { metrics, artifacts };
  }
}
