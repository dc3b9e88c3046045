import { InvalidArgumentError } from 'commander';

/** A whole number from 1 up, as the value of an option. */
export function positiveInteger(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isSafeInteger(value) || value < 1) {
    throw new InvalidArgumentError('Use a whole number from 1 up.');
  }
  return value;
}
