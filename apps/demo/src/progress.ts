/** Says what is being done: one line that grows on a terminal, one line a step elsewhere. */
export interface Progress {
  step<T>(title: string, work: () => Promise<T>): Promise<T>;
}

const REFRESH_MILLIS = 100;

export function progressOn(stream: NodeJS.WriteStream): Progress {
  return { step: (title, work) => (stream.isTTY ? animated(stream, title, work) : plain(stream, title, work)) };
}

async function plain<T>(stream: NodeJS.WriteStream, title: string, work: () => Promise<T>): Promise<T> {
  stream.write(`${title} …\n`);
  return work();
}

async function animated<T>(stream: NodeJS.WriteStream, title: string, work: () => Promise<T>): Promise<T> {
  const start = Date.now();
  const draw = (end: string): void => {
    stream.write(`\r${title} … ${((Date.now() - start) / 1000).toFixed(1)} s${end}`);
  };
  draw('');
  const timer = setInterval(draw, REFRESH_MILLIS, '');
  try {
    return await work();
  } finally {
    clearInterval(timer);
    draw('\n');
  }
}
