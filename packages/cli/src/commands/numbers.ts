import { InvalidArgumentError } from 'commander';

/** A whole number from 1 up, as the value of an option. */
export function positiveInteger(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isSafeInteger(value) || value < 1) {
    throw new InvalidArgumentError('Use a whole number from 1 up.');
  }
  return value;
}

/** The number of a port, as the value of an option; 0 stands for any that is free. */
export function portNumber(text: string): number {
  const value = text.trim() === '0' ? 0 : positiveInteger(text);
  if (value > 65_535) throw new InvalidArgumentError('Use a port from 0 to 65535.');
  return value;
}
