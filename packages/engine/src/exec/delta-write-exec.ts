import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { parsePath } from '@planscope/object-store';
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
import type { DeltaAction, DeltaFile, DeltaSnapshot } from '../delta/delta-actions.ts';
import { type Committed, describeWinner, writeCommit } from '../delta/delta-commit.ts';
import { pathInTable } from '../delta/delta-log.ts';
import { partitionFolder, partitionName } from '../delta/partition-values.ts';
import type { Place } from '../input/allowed-roots.ts';
import { EngineError } from '../run/engine-error.ts';
import { writtenFiles } from './upload-exec.ts';

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
  readonly snapshot?: DeltaSnapshot;
  readonly partitionColumns: readonly string[];
  /** Protocol and metadata of a table that is created. */
  readonly created: readonly DeltaAction[];
}

/** Uploads the files of its child to the folder of a Delta table and commits them to the log of the table. */
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
    readonly confirm: (context: TaskContext) => Promise<void> = () => Promise.resolve(),
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
    const { partitionColumns } = this.base;
    return [
      { key: FIELD_FORMAT, text: 'delta', kind: 'code' },
      { key: 'mode', text: mode, kind: 'code' },
      ...(partitionColumns.length === 0
        ? []
        : [{ key: 'partition_by', text: partitionColumns, kind: 'identifier' } as const]),
      { key: FIELD_LOCATION, text: url, kind: 'url' },
    ];
  }

  execute(partition: number, context: TaskContext): Execution {
    return fileExecution(context, (body) => this.#write(body, partition, context));
  }

  async #write({ artifacts, metrics }: ExecutionBody, partition: number, context: TaskContext): Promise<void> {
    const written = await writtenFiles(this, partition, context);
    const files = written.map((artifact, index) => dataFile(artifact, index, this.base.partitionColumns));
    try {
      await this.confirm(context);
      const committed = await this.#uploadAndCommit(files, context);
      for (const { version, winner } of committed.lost) {
        const message = `version ${version} of the table was committed first by ${describeWinner(winner)}`;
        context.warn({ code: 'delta-race', operator: this.name, message });
      }
      const bytes = written.reduce((sum, file) => sum + file.bytes, 0);
      const rows = written.reduce((sum, file) => sum + (file.rows ?? 0), 0);
      metrics.add({ name: METRIC_BYTES_WRITTEN, type: 'count', unit: 'By', value: bytes });
      metrics.add({ name: METRIC_OUTPUT_ROWS, type: 'count', unit: '{row}', value: rows });
      const { url } = this.target;
      artifacts.push({ path: url, bytes, format: 'delta', rows, source: url, version: committed.version });
    } finally {
      await Promise.all(written.map((file) => file.dispose?.()));
    }
  }

  async #uploadAndCommit(files: readonly DataFile[], context: TaskContext): Promise<Committed> {
    let isCommitting = false;
    try {
      for (let at = 0; at < files.length; at += UPLOADS_TOGETHER) {
        const uploads = files.slice(at, at + UPLOADS_TOGETHER).map((file) => this.#upload(file, context));
        // No upload outlives the failure of another, so that its file is removed, too.
        await Promise.allSettled(uploads);
        await Promise.all(uploads);
      }
      isCommitting = true;
      return await this.#commit(files, context);
    } catch (error) {
      // After any other error of the commit, it may have been written although its answer was lost.
      const isUnused = !isCommitting || (EngineError.isInstance(error) && error.code === 'delta-conflict');
      if (isUnused) await this.#remove(files, context);
      throw error;
    }
  }

  async #upload({ name, artifact }: DataFile, { signal, otelContext, budget }: TaskContext): Promise<void> {
    const { place } = this.target;
    const source = createReadStream(artifact.path);
    try {
      const options = { signal, otelContext, budget, mode: 'create' } as const;
      await place.store.put(parsePath(pathInTable(place, name)), source, options);
    } finally {
      source.destroy();
    }
  }

  async #remove(files: readonly DataFile[], { otelContext, budget }: TaskContext): Promise<void> {
    const { place } = this.target;
    const paths = files.map(({ name }) => parsePath(pathInTable(place, name)));
    await Promise.allSettled(paths.map((path) => place.store.delete(path, { otelContext, budget })));
  }

  #commit(files: readonly DataFile[], { signal, otelContext, budget }: TaskContext): Promise<Committed> {
    const { place, mode } = this.target;
    const { snapshot, created, partitionColumns } = this.base;
    const timestamp = Date.now();
    const removed = mode === 'overwrite' ? (snapshot?.files ?? []) : [];
    const add = files.map(
      ({ name, artifact, partitionValues }): DeltaAction => ({
        add: {
          path: encodedPath(name),
          partitionValues,
          size: artifact.bytes,
          modificationTime: timestamp,
          dataChange: true,
          stats: JSON.stringify({ numRecords: artifact.rows ?? 0 }),
        },
      }),
    );
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
      operationParameters: {
        mode: { append: 'Append', create: 'ErrorIfExists', overwrite: 'Overwrite' }[mode],
        partitionBy: JSON.stringify(partitionColumns),
      },
      engineInfo: `planscope/${packageJson.version}`,
    };
    const actions = [...created, ...remove, ...add];
    const base = snapshot?.version ?? -1;
    const commit = { base, actions, info, isBlindAppend: mode === 'append' };
    return writeCommit(place, commit, { signal, otelContext, budget });
  }
}

/** Uploads of files at the same time. */
const UPLOADS_TOGETHER = 8;

/** A file of the table that is not committed yet. */
interface DataFile {
  /** Path below the folder of the table. */
  readonly name: string;
  readonly artifact: Artifact;
  readonly partitionValues: DeltaFile['partitionValues'];
}

function dataFile(artifact: Artifact, index: number, partitionColumns: readonly string[]): DataFile {
  const values = partitionColumns.map((name, at) => [name, artifact.partition?.[partitionName(at)] ?? null]);
  const partitionValues: DeltaFile['partitionValues'] = Object.fromEntries(values);
  const name = `part-${String(index).padStart(5, '0')}-${randomUUID()}-c000.parquet`;
  return { name: partitionFolder(partitionColumns, partitionValues) + name, artifact, partitionValues };
}

/** A path as a log has it. */
function encodedPath(path: string): string {
  return path.split('/').map(encodeURIComponent).join('/');
}
