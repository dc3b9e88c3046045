export { arrowSchema, recordBatches } from './record-batches.ts';
