/** A value of a document that is not what it should be. */
export class InvalidField extends Error {
  /**
   * @param path where it stands
   * @param right what it should be
   */
  constructor(path: string, value: unknown, right: string) {
    const json = display(value);
    const shown = json.length > 80 ? `${json.slice(0, 80)}…` : json;
    super(`${path} is ${shown}; should be ${right}`);
  }
}

/** What is no JSON, as a value that was never text can be, is shown by its type. */
function display(value: unknown): string {
  try {
    return JSON.stringify(value) ?? typeof value;
  } catch {
    return typeof value;
  }
}
