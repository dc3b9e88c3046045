// For users who write a store, and for the tests of this package.
export {
  type ConformanceCheck,
  type ConformanceOptions,
  objectStoreConformance,
} from './object-store-conformance.ts';
