import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

export interface Child {
  readonly process: ChildProcess;
  /** The next line it prints. */
  line(): Promise<string>;
}

/**
 * Runs one of the test programs from its sources.
 *
 * @param options.through a command that runs it
 * @param options.options of Node.js
 */
export function startChild(
  program: string,
  argv: readonly string[],
  { through = [], options = [] }: { readonly through?: readonly string[]; readonly options?: readonly string[] } = {},
): Child {
  const file = fileURLToPath(new URL(`./programs/${program}`, import.meta.url));
  const [command = process.execPath, ...rest] = [
    ...through,
    process.execPath,
    ...options,
    '--conditions=@planscope/source',
    '--import',
    import.meta.resolve('tsx'),
    file,
    ...argv,
  ];
  const child = spawn(command, rest, { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    process: child,
    line: async () => {
      const { done, value } = await lines.next();
      if (done) throw new Error(`${program} ended before it printed what was awaited`);
      return value;
    },
  };
}

export async function ended({ process }: Child): Promise<number | null> {
  if (process.exitCode === null && process.signalCode === null) await once(process, 'exit');
  return process.exitCode;
}
