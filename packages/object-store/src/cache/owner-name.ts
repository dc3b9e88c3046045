import { randomUUID } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

/** Containers can share a folder and a host name, and each counts its processes from 1. */
const machine = `${hostname().replace(/[^a-zA-Z0-9-]/g, '-')}+${processNamespace()}`;

/** A new name that says which process it belongs to. */
export function ownerName(): string {
  return [machine, process.pid, startOf(process.pid), randomUUID()].join('~');
}

/**
 * Whether the process that a name belongs to has ended; undefined where that cannot be known, as it is of another machine
 * or the name is none of ours.
 */
export function ownerHasEnded(name: string): boolean | undefined {
  const [owner, process, start] = name.split('~');
  const pid = Number(process);
  if (owner !== machine || !Number.isSafeInteger(pid) || pid < 1) return undefined;
  // The number of a process that has ended is given to another one some day.
  return !isRunning(pid) || (start !== '' && startOf(pid) !== start);
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** When a process was started, in ticks since the machine was; empty where the system does not say. */
function startOf(pid: number): string {
  try {
    const status = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // The name of the program stands in parentheses and may hold anything.
    return status.slice(status.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  } catch {
    return '';
  }
}

function processNamespace(): string {
  try {
    return readlinkSync('/proc/self/ns/pid').replace(/\D/g, '');
  } catch {
    return '';
  }
}
