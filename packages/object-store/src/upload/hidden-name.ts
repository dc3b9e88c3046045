import { randomUUID } from 'node:crypto';

const pattern = /^\.planscope-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** A new name for a file or directory that holds an unfinished write; the store never shows it as an object. */
export function hiddenName(): string {
  return `.planscope-${randomUUID()}`;
}

export function isHiddenName(name: string): boolean {
  return pattern.test(name);
}
