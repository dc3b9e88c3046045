import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { objectUrl, parsePath } from '@planscope/object-store';
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
import { FIELD_FORMAT, FIELD_LOCATION, METRIC_BYTES_WRITTEN, METRIC_OUTPUT_ROWS } from '@planscope/semconv';
import packageJson from '../../package.json' with { type: 'json' };
import type { DeltaAction, DeltaSnapshot } from '../delta/delta-actions.ts';
import { type Committed, describeWinner, writeCommit } from '../delta/delta-commit.ts';
import { pathInTable } from '../delta/delta-log.ts';
import type { Place } from '../input/allowed-roots.ts';
import { EngineError } from '../run/engine-error.ts';
import { writtenFile } from './upload-exec.ts';

/** The Delta table of an output. */
export interface DeltaTarget {
  readonly kind: 'delta';
  readonly place: Place;
  /** URL without credentials. */
  readonly url: string;
  readonly mode: 'append' | 'create' | 'overwrite';
}

/** What a write of a Delta table starts from. */
export interface DeltaBase {
  /** Undefined if the table is created. */
  readonly snapshot: DeltaSnapshot | undefined;
  /** Protocol and metadata of a table that is created. */
  readonly created: readonly DeltaAction[];
}

/** Uploads the file of its child to the folder of a Delta table and commits it to the log of the table. */
export class DeltaWriteExec implements ExecutionPlan {
  readonly name = 'DeltaWriteExec';
  readonly output = 'files';
  readonly properties: PlanProperties = singlePartition;
  readonly children: readonly [ExecutionPlan];

  /** @param confirm called before the commit; rejects if the rows may be wrong */
  constructor(
    child: ExecutionPlan,
    readonly target: DeltaTarget,
    readonly base: DeltaBase,
    readonly confirm: () => Promise<void> = () => Promise.resolve(),
  ) {
    this.children = [child];
  }

  withNewChildren(children: readonly ExecutionPlan[]): DeltaWriteExec {
    const [child] = children;
    if (child === undefined || children.length !== 1) {
      throw new RangeError(`[planscope/engine] a DeltaWriteExec has one child, got ${children.length}`);
    }
    return new DeltaWriteExec(child, this.target, this.base, this.confirm);
  }

  describe(): NodeField[] {
    const { mode, url } = this.target;
    return [
      { key: FIELD_FORMAT, text: 'delta', kind: 'code' },
      { key: 'mode', text: mode, kind: 'code' },
      { key: FIELD_LOCATION, text: url, kind: 'url' },
    ];
  }

  execute(partition: number, context: TaskContext): Execution {
    return fileExecution(context, (body) => this.#write(body, partition, context));
  }

  async #write({ artifacts, metrics }: ExecutionBody, partition: number, context: TaskContext): Promise<void> {
    const { place } = this.target;
    const file = await writtenFile(this, partition, context);
    const name = `part-00000-${randomUUID()}-c000.parquet`;
    const path = parsePath(pathInTable(place, name));
    const { signal, otelContext, budget } = context;
    const options = { signal, otelContext, budget };
    try {
      await this.confirm();
      const source = createReadStream(file.path);
      try {
        await place.store.put(path, source, { ...options, mode: 'create' });
      } finally {
        source.destroy();
      }
      const committed = await this.#commit(name, file, context).catch(async (error) => {
        // After any other error, the commit may have been written although its answer was lost.
        const isUnused = EngineError.isInstance(error) && error.code === 'delta-conflict';
        if (isUnused) await place.store.delete(path, { otelContext, budget }).catch(() => {});
        throw error;
      });
      for (const { version, winner } of committed.lost) {
        const message = `version ${version} of the table was committed first by ${describeWinner(winner)}`;
        context.warn({ code: 'delta-race', operator: this.name, message });
      }
      const rows = file.rows ?? 0;
      metrics.add({ name: METRIC_BYTES_WRITTEN, type: 'count', unit: 'By', value: file.bytes });
      metrics.add({ name: METRIC_OUTPUT_ROWS, type: 'count', unit: '{row}', value: rows });
      artifacts.push({
        path: file.path,
        bytes: file.bytes,
        format: 'delta',
        rows,
        source: objectUrl(place.store, path),
        version: committed.version,
      });
    } finally {
      await file.dispose?.();
    }
  }

  #commit(name: string, file: Artifact, { signal, otelContext, budget }: TaskContext): Promise<Committed> {
    const { place, mode } = this.target;
    const { snapshot, created } = this.base;
    const timestamp = Date.now();
    const removed = mode === 'overwrite' ? (snapshot?.files ?? []) : [];
    const add = {
      path: name,
      partitionValues: {},
      size: file.bytes,
      modificationTime: timestamp,
      dataChange: true,
      stats: JSON.stringify({ numRecords: file.rows ?? 0 }),
    };
    const remove = removed.map(
      ({ path, deletionVector }): DeltaAction => ({
        remove: {
          path,
          deletionTimestamp: timestamp,
          dataChange: true,
          ...(deletionVector === undefined || deletionVector === null ? {} : { deletionVector }),
        },
      }),
    );
    const info = {
      timestamp,
      operation: mode === 'create' ? 'CREATE TABLE AS SELECT' : 'WRITE',
      operationParameters: { mode: { append: 'Append', create: 'ErrorIfExists', overwrite: 'Overwrite' }[mode] },
      engineInfo: `planscope/${packageJson.version}`,
    };
    const actions = [...created, ...remove, { add }];
    const base = snapshot?.version ?? -1;
    const commit = { base, actions, info, isBlindAppend: mode === 'append' };
    return writeCommit(place, commit, { signal, otelContext, budget });
  }
}
