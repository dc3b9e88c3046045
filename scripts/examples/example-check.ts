import type { RunningProgram } from './example.ts';

/** An example that has run to its end with status 0. */
interface ExampleRun {
  /** What `npm start` printed, which is what its README shows. */
  readonly output: string;
  readonly folder: string;
  readonly readme: string;
  /** Starts another of its scripts; whatever it starts, the check ends. */
  start(script: string, environment?: Readonly<Record<string, string>>): RunningProgram;
  /** Runs a module of the example with its spans recorded; resolves to what they lack. */
  missingFromTrace(module: string): Promise<string>;
}

/** The default export of an example's check.ts: throws where the example did not do what it is there to show. */
export type ExampleCheck = (run: ExampleRun) => void | Promise<void>;
