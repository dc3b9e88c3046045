/** What a store can do, and how it behaves where stores may differ. */
export interface StoreCapabilities {
  /** Whether attributes are kept; where not, a write that has some fails with NotSupported. */
  readonly attributes: boolean;
  /** Whether tags are kept; where not, a write that has some fails with NotSupported. */
  readonly tags: boolean;
  /** Whether `get` can ask for the last bytes of an object. */
  readonly suffixRange: boolean;
  /** Whether a write can be made to depend on the etag or version it replaces. */
  readonly update: boolean;
  /** What deleting an object that is not there does. */
  readonly deleteMissing: 'succeeds' | 'not-found';
  /** Of two uploads in parts to one path: whether both can be completed, so that the last one stays. */
  readonly concurrentUploads: 'last-completed-wins' | 'one-may-fail';
}
