import { type GetOptions, type GetResult, MemoryStore, type RemoteObject } from '../../src/index.ts';

/** A memory store that passes for a remote one: it says who it is, and can be watched and made to wait or fail. */
export class RemoteStore extends MemoryStore {
  readonly gets: GetOptions[] = [];
  /** Awaited by each get before it is answered. */
  before: (options: GetOptions, count: number) => unknown = () => undefined;
  readonly #identity: string | null;

  /** @param identity null for a store that has none */
  constructor(identity: string | null = 'remote') {
    super();
    this.#identity = identity;
  }

  identity(): Promise<string | undefined> {
    return Promise.resolve(this.#identity ?? undefined);
  }

  override async get(path: string, options: GetOptions = {}): Promise<GetResult> {
    this.gets.push(options);
    await this.before(options, this.gets.length);
    return super.get(path, options);
  }

  /** The object as it is now. */
  async find(path: string): Promise<RemoteObject> {
    return { store: this, meta: await this.head(path) };
  }

  async write(path: string, bytes: Uint8Array | string): Promise<RemoteObject> {
    await this.put(path, bytes);
    return this.find(path);
  }
}
