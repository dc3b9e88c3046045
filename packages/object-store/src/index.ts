// For users

export { ObjectBody } from './body/object-body.ts';
export type { ObjectCacheOptions } from './cache/cache-folder.ts';
export { type LocalObjects, ObjectCache } from './cache/object-cache.ts';
export { ObjectCacheError, type ObjectCacheErrorCode } from './cache/object-cache-error.ts';
export type { FetchOptions, LocalFile, RemoteObject } from './cache/remote-object.ts';
export type { CloudListing } from './cloud/cloud-listing.ts';
export type { CloudOptions, CloudTarget } from './cloud/cloud-request.ts';
export type { CloudStore } from './cloud/cloud-store.ts';
export type { MultipartUpload, ObjectStore, StoreCall, StoreCapabilities } from './contract/object-store.ts';
export {
  ObjectStoreError,
  type ObjectStoreErrorCode,
  type ObjectStoreErrorDetails,
  type ObjectStoreErrorKind,
} from './contract/object-store-error.ts';
export type { AzureAccess, GsAccess, S3Access, StoreAccess } from './contract/store-access.ts';
export type {
  CallFacts,
  CallOptions,
  CopyOptions,
  DeleteResult,
  DelimitedEntry,
  GetOptions,
  GetRangesOptions,
  GetResult,
  Listing,
  ListOptions,
  ObjectAttributes,
  ObjectMeta,
  ObjectTags,
  PutBody,
  PutMode,
  PutOptions,
  PutResult,
  SignedUrlOptions,
} from './contract/store-calls.ts';
export { FileStore } from './file/file-store.ts';
export { innerStore, instrumentStore } from './instrument/instrument-store.ts';
export type { InstrumentStoreOptions, StorageSpanPredicate } from './instrument/storage-tracer.ts';
export { MemoryStore } from './memory/memory-store.ts';
export { isBelow, type ObjectPath, parseObjectPath, parsePath, pathSegments, rootPath } from './path/object-path.ts';
export type { ByteRange, GetRange } from './range/get-range.ts';
export { findObjects, type ObjectQuery } from './registry/find-objects.ts';
export type { StoreBase } from './registry/parse-location.ts';
export { objectUrl } from './registry/parse-location.ts';
export {
  createStoreRegistry,
  type FoundObject,
  type ResolvedLocation,
  type StoreFactory,
  type StoreRegistry,
  type StoreRegistryOptions,
} from './registry/store-registry.ts';

// For users who write their own store

export { bytesBody } from './body/object-body.ts';
export { bodyBytes } from './body/put-body.ts';
export { checkConditions, checkUpdate } from './conditions/check-conditions.ts';
export { deleteEach } from './listing/delete-each.ts';
export { delimitedEntries, objectsBelow, PagedListing, pagesOf } from './listing/paged-listing.ts';
export { comparePaths, decodeSegment, joinPath } from './path/object-path.ts';
export { type FetchRangesOptions, fetchRanges } from './range/fetch-ranges.ts';
export { resolveRange } from './range/get-range.ts';
export { UploadParts } from './upload/upload-parts.ts';

// For other Planscope packages

export { overwritten } from './cache/remote-object.ts';
export { checkReplaceable } from './file/file-write.ts';
