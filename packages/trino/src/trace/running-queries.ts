import { type RunningList, runningList } from '@planscope/internal/running-list';
import { ENGINE_NAME } from '../semconv.ts';

/** The queries of all traced clients and sessions that run now. */
export const runningOnClusters: RunningList = runningList(ENGINE_NAME);
