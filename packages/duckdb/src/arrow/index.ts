// For users: apart from the other exports, because apache-arrow takes longer to load than all of them.
export { arrowSchema } from './arrow-schema.ts';
export {
  type ChunkSource,
  type RecordBatchOptions,
  type RecordBatchStream,
  recordBatches,
} from './record-batches.ts';
