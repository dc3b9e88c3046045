import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** What the receiving process can be told. */
export type ReceiverCommand = 'report' | 'go away' | 'come back';

/** What the receiving process says after each command. */
export interface ReceiverReport {
  readonly port: number;
  /** Spans that arrived; a retry may bring one twice. */
  readonly received: number;
  readonly distinct: number;
}

/** A collector in a process of its own, so that its memory and its time are not those that are measured. */
export interface Receiver {
  readonly endpoint: string;
  tell(command: ReceiverCommand): Promise<ReceiverReport>;
  stop(): void;
}

/** Starts the receiving process. */
export async function startReceiver(): Promise<Receiver> {
  const program = fileURLToPath(new URL('../receive-spans.ts', import.meta.url));
  const child = spawn(process.execPath, ['--import', 'tsx', program], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const nextReport = async (): Promise<ReceiverReport> => (await once(child, 'message'))[0];
  const { port } = await nextReport();
  return {
    endpoint: `http://127.0.0.1:${port}/v1/traces`,
    tell(command) {
      const answer = nextReport();
      child.send(command);
      return answer;
    },
    stop: () => child.disconnect(),
  };
}
