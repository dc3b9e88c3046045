import { createReadStream } from 'node:fs';
import type { ObjectStore } from '@planscope/object-store';
import {
  type Artifact,
  type Execution,
  type ExecutionBody,
  type ExecutionPlan,
  fileExecution,
  type NodeField,
  type PlanProperties,
  singlePartition,
  type TaskContext,
} from '@planscope/plan';
import { FIELD_LOCATION, METRIC_BYTES_WRITTEN, METRIC_OUTPUT_ROWS } from '@planscope/semconv';

/** The destination of an output. */
export interface UploadTarget {
  readonly store: ObjectStore;
  readonly path: string;
  /** URL without credentials. */
  readonly url: string;
  readonly mode: 'overwrite' | 'create';
}

/** Uploads the file of its child to an object store. */
export class UploadExec implements ExecutionPlan {
  readonly name = 'UploadExec';
  readonly output = 'files';
  readonly properties: PlanProperties = singlePartition;
  readonly children: readonly [ExecutionPlan];

  /** @param confirm called before the upload; rejects if the file must not be uploaded */
  constructor(
    child: ExecutionPlan,
    readonly target: UploadTarget,
    readonly confirm: (context: TaskContext) => Promise<void> = () => Promise.resolve(),
  ) {
    this.children = [child];
  }

  withNewChildren(children: readonly ExecutionPlan[]): UploadExec {
    const [child] = children;
    if (child === undefined || children.length !== 1) {
      throw new RangeError(`[planscope/engine] an UploadExec has one child, got ${children.length}`);
    }
    return new UploadExec(child, this.target, this.confirm);
  }

  describe(): NodeField[] {
    const { mode, url } = this.target;
    return [
      { key: 'mode', text: mode, kind: 'code' },
      { key: FIELD_LOCATION, text: url, kind: 'url' },
    ];
  }

  execute(partition: number, context: TaskContext): Execution {
    return fileExecution(context, (body) => this.#upload(body, partition, context));
  }

  async #upload({ artifacts, metrics }: ExecutionBody, partition: number, context: TaskContext): Promise<void> {
    const [artifact] = await writtenFiles(this, partition, context);
    if (artifact === undefined) {
      throw new Error(`[planscope/engine] the ${this.children[0]?.name} below the ${this.name} wrote no file`);
    }
    try {
      await this.confirm(context);
      const etag = await this.#put(artifact, context);
      metrics.add({ name: METRIC_BYTES_WRITTEN, type: 'count', unit: 'By', value: artifact.bytes });
      if (artifact.rows !== undefined) {
        metrics.add({ name: METRIC_OUTPUT_ROWS, type: 'count', unit: '{row}', value: artifact.rows });
      }
      const { dispose: _, ...described } = artifact;
      artifacts.push({ ...described, source: this.target.url, ...(etag === undefined ? {} : { etag }) });
    } finally {
      await artifact.dispose?.();
    }
  }

  async #put(artifact: Artifact, { signal, otelContext, budget }: TaskContext): Promise<string | undefined> {
    const { store, path, mode } = this.target;
    const file = createReadStream(artifact.path);
    try {
      return (await store.put(path, file, { mode, signal, otelContext, budget })).eTag;
    } finally {
      // Necessary if the store fails before it reads the file.
      file.destroy();
    }
  }
}

/** Executes the child of a node and returns the files that it wrote. */
export async function writtenFiles(
  { name, children: [child] }: ExecutionPlan,
  partition: number,
  context: TaskContext,
): Promise<readonly Artifact[]> {
  if (child === undefined) throw new Error(`[planscope/engine] the ${name} has no child`);
  const made = await child.execute(partition, context).outcome;
  if (made.status === 'error') throw made.error;
  context.signal.throwIfAborted();
  if (made.status === 'cancelled') {
    throw new Error(`[planscope/engine] the ${child.name} below the ${name} was cancelled; nothing was uploaded`);
  }
  return made.artifacts;
}

/** The root of the plans of all outputs. It is not executed; each of its children is. */
export class OutputsExec implements ExecutionPlan {
  readonly name = 'OutputsExec';
  readonly output = 'files';
  readonly properties: PlanProperties = singlePartition;

  /** @param children one for each output of the specification, in its order */
  constructor(readonly children: readonly ExecutionPlan[]) {}

  withNewChildren(children: readonly ExecutionPlan[]): OutputsExec {
    return new OutputsExec(children);
  }

  describe(): NodeField[] {
    return [{ key: 'outputs', text: String(this.children.length), kind: 'code' }];
  }

  execute(): Execution {
    throw new Error('[planscope/engine] OutputsExec is not executed; execute its children, one for each output');
  }
}
