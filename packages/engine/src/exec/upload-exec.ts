import { createReadStream } from 'node:fs';
import type { ObjectStore } from '@planscope/object-store';
import {
  type Artifact,
  type Execution,
  type ExecutionPlan,
  MetricsSet,
  type PlanProperties,
  singlePartition,
  type TaskContext,
} from '@planscope/plan';
import { METRIC_BYTES_WRITTEN, METRIC_OUTPUT_ROWS } from '@planscope/semconv';
import { Schema } from 'apache-arrow';
import { fileExecution } from './file-execution.ts';

/** Where an output goes. */
export interface UploadTarget {
  readonly store: ObjectStore;
  readonly path: string;
  /** URL without credentials. */
  readonly url: string;
  readonly mode: 'overwrite' | 'create';
}

/** Writes the one file that its child makes to an object store. */
export class UploadExec implements ExecutionPlan {
  readonly name = 'UploadExec';
  readonly schema: Schema = new Schema([]);
  readonly properties: PlanProperties = singlePartition;
  readonly children: readonly [ExecutionPlan];

  constructor(
    child: ExecutionPlan,
    readonly target: UploadTarget,
  ) {
    this.children = [child];
  }

  withNewChildren(children: readonly ExecutionPlan[]): UploadExec {
    const [child] = children;
    if (child === undefined || children.length !== 1) {
      throw new RangeError(`[planscope/engine] an UploadExec has one child, got ${children.length}`);
    }
    return new UploadExec(child, this.target);
  }

  describe(): string {
    return `mode=${this.target.mode} location=${this.target.url}`;
  }

  execute(partition: number, context: TaskContext): Execution {
    return fileExecution(context, () => this.#upload(partition, context));
  }

  async #upload(partition: number, context: TaskContext): Promise<{ metrics: MetricsSet; artifacts: Artifact[] }> {
    const made = await this.children[0].execute(partition, context).outcome;
    if (made.status === 'error') throw made.error;
    const [artifact] = made.artifacts;
    if (artifact === undefined) throw new Error('[planscope/engine] the node below an UploadExec made no file');
    try {
      const etag = await this.#put(artifact, context);
      const metrics = new MetricsSet([
        { name: METRIC_BYTES_WRITTEN, type: 'count', unit: 'By', value: artifact.bytes },
        ...(artifact.rows === undefined
          ? []
          : [{ name: METRIC_OUTPUT_ROWS, type: 'count', unit: '{row}', value: artifact.rows } as const]),
      ]);
      const { dispose: _, ...described } = artifact;
      return {
        metrics,
        artifacts: [{ ...described, source: this.target.url, ...(etag === undefined ? {} : { etag }) }],
      };
    } finally {
      await artifact.dispose?.();
    }
  }

  async #put(artifact: Artifact, { signal, otelContext, budget }: TaskContext): Promise<string | undefined> {
    const { store, path, mode } = this.target;
    const result = await store.put(path, createReadStream(artifact.path), { mode, signal, otelContext, budget });
    return result.eTag;
  }
}
