import {
  type Execution,
  type ExecutionPlan,
  fileExecution,
  type NodeField,
  type PlanProperties,
  singlePartition,
  type TaskContext,
} from '@planscope/plan';
import { FIELD_FORMAT, FIELD_LOCATION, FIELD_NAME, FIELD_TABLE } from '@planscope/semconv';
import type { InputSource } from '../input/input-source.ts';
import type { RelationNode } from '../logical/relation-node.ts';

/** An input that DuckDB reads from its store itself. It only passes the URLs on; the reads are those of the query. */
export class DirectExec implements ExecutionPlan {
  readonly name = 'DirectExec';
  readonly output = 'files';
  readonly properties: PlanProperties = singlePartition;
  readonly children: readonly [] = [];

  constructor(
    readonly relation: RelationNode,
    readonly source: InputSource,
  ) {}

  withNewChildren(children: readonly ExecutionPlan[]): DirectExec {
    if (children.length > 0) throw new RangeError('[planscope/engine] a DirectExec has no children');
    return this;
  }

  describe(): NodeField[] {
    const { names, format, location, table } = this.relation;
    const { objects, table: state } = this.source;
    return [
      { key: FIELD_NAME, text: names.join(', '), kind: 'identifier' },
      { key: FIELD_FORMAT, text: format, kind: 'code' },
      ...(state === undefined
        ? [{ key: 'objects', text: String(objects.length), kind: 'code' } as const]
        : [{ key: 'version', text: String(state.version), kind: 'code' } as const]),
      ...(table === undefined ? [] : [{ key: FIELD_TABLE, text: table, kind: 'identifier' } as const]),
      { key: FIELD_LOCATION, text: location, kind: 'url' },
    ];
  }

  execute(partition: number, context: TaskContext): Execution {
    return context.shared.once(this, partition, () =>
      fileExecution(context, async ({ artifacts }) => {
        // DuckDB reads a table by its own log, not by its files.
        if (this.source.table !== undefined) return;
        for (const { url, meta } of this.source.objects) {
          const etag = meta.eTag === undefined ? {} : { etag: meta.eTag };
          artifacts.push({ path: url, bytes: meta.size, format: this.relation.format, source: url, ...etag });
        }
      }),
    );
  }
}
