import type { Command } from 'commander';
import type { Terminal } from '../output/terminal.ts';

/**
 * Creates a command. What only its action needs is imported by the action, so that each command starts fast and has the
 * memory for its input.
 *
 * @param exit sets the exit code of a command that ends without an error; without a call it is 0
 */
export type CommandFactory = (terminal: Terminal, exit: (code: number) => void) => Command;
