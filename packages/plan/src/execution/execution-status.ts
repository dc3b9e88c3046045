/** How an execution ended. */
export type ExecutionStatus = 'ok' | 'error' | 'cancelled';
