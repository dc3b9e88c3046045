import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Attributes } from '@opentelemetry/api';
import { ATTR_CODE_FILE_PATH, ATTR_CODE_FUNCTION_NAME, ATTR_CODE_LINE_NUMBER } from '@planscope/semconv';

/** Frames that are looked at; libraries between the program and the driver have a few dozen. */
const MAX_FRAMES = 50;

/** `at name (file:line:column)`, `at file:line:column`, and both with `async`. */
const FRAME = /^\s*at (?:async )?(?:(.+?) \()?((?:file:\/\/)?[^()\s][^()]*):(\d+):\d+\)?$/;

/** The frames of this package, of libraries and of Node.js. */
const NOT_OF_THE_PROGRAM = /[\\/]node_modules[\\/]|^node:/;

/**
 * Where the program makes the current call: the nearest frame that is in no library.
 *
 * @returns no attributes if there is no such frame, as after an `await` that leaves no trace
 */
export function callSite(): Attributes {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = MAX_FRAMES;
  const { stack = '' } = new Error();
  Error.stackTraceLimit = limit;
  let own: string | undefined;
  for (const line of stack.split('\n')) {
    const [, name, location = '', number] = FRAME.exec(line) ?? [];
    if (number === undefined) continue;
    const file = location.startsWith('file://') ? fileURLToPath(location) : location;
    // The first frame is of this function.
    own ??= dirname(file);
    if (dirname(file) === own || NOT_OF_THE_PROGRAM.test(file)) continue;
    return {
      [ATTR_CODE_FILE_PATH]: file,
      [ATTR_CODE_LINE_NUMBER]: Number(number),
      ...(name === undefined ? {} : { [ATTR_CODE_FUNCTION_NAME]: name }),
    };
  }
  return {};
}
