// A frame as V8 prints it: a function, a file, a line and a column; a line of a message does not get through as one.
const FRAME = /^ {4}at (?:[\w$.<>[\] #*/]{1,200} )?\(?(?:[^\s()]{1,400}:\d{1,7}:\d{1,7}|<anonymous>|native)\)?$/;

const MAX_FRAMES = 50;

/**
 * The frames of an error's stack under a cleaned first line; undefined when the error's message is not where the stack
 * should have it, because then nobody can tell its lines from frames.
 */
export function redactStack(error: Error, firstLine: string): string | undefined {
  const { stack, message } = error;
  if (typeof stack !== 'string') return undefined;
  const start = stack.indexOf(message);
  if (start < 0) return undefined;
  const frames = stack
    .slice(start + message.length)
    .split('\n', MAX_FRAMES + 1)
    .filter((line) => FRAME.test(line));
  return [firstLine, ...frames].join('\n');
}
