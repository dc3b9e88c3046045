import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';

/** A server of others in a process of its own, from the time that it listens on loopback. */
export class ServerProcess {
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess) {
    this.#child = child;
  }

  /** @throws where the process ends before it listens at the port */
  static async start(
    program: string,
    settings: readonly string[],
    port: number,
    environment: Readonly<Record<string, string>> = {},
  ): Promise<ServerProcess> {
    const child = spawn(program, settings, { stdio: 'ignore', env: { ...process.env, ...environment } });
    let ended = false;
    child.once('exit', () => {
      ended = true;
    });
    while (!(await isListening(port))) {
      if (ended) throw new Error(`${program} ended before it listened at port ${port}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    return new ServerProcess(child);
  }

  async stop(): Promise<void> {
    const exited = once(this.#child, 'exit');
    this.#child.kill();
    await exited;
  }
}

async function isListening(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
