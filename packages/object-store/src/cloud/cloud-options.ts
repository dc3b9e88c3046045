/** What all cloud stores can be given. */
export interface CloudOptions {
  /** For spans and errors; default the scheme. */
  readonly name?: string;
  /**
   * Milliseconds that the server may keep a caller waiting: for the answer to a request, the SDK's repeats included, and
   * for the next bytes of a body. A copy within the service is one request. Default no limit, as the SDKs have none.
   */
  readonly responseTimeout?: number;
}
