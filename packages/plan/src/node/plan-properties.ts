/** What is known of a physical node's output before it runs. */
export interface PlanProperties {
  /** How many partitions `execute` can be called for; at least 1. */
  readonly partitionCount: number;
  /** How rows are spread over the partitions; display is `hash([a], 4)`, `unknown(1)`, … */
  readonly partitioning: string;
  /** Whether rows come out while the input is being read, only at its end, or both. */
  readonly emissionType: 'incremental' | 'final' | 'both';
  readonly boundedness: 'bounded' | 'unbounded';
}

/** One partition, rows as they come, an output that ends: what most nodes are. */
export const singlePartition: PlanProperties = {
  partitionCount: 1,
  partitioning: 'unknown(1)',
  emissionType: 'incremental',
  boundedness: 'bounded',
};
