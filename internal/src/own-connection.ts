const key = Symbol.for('planscope.own-connection');
/** A property of the process, so that all packages and their copies see the same. */
const holder = globalThis as { [key]?: boolean };

/** Opens a connection for Planscope itself, which is not traced whatever traces the connections of the program. */
export function connectOwn<C>(instance: { connect(): Promise<C> }): Promise<C> {
  holder[key] = true;
  try {
    return instance.connect();
  } finally {
    holder[key] = false;
  }
}

/** Whether the connection that is being opened in this turn is for Planscope itself. */
export function isConnectingOwn(): boolean {
  return holder[key] === true;
}
