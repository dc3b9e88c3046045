/** A kind of store that locations can name, beside those a program adds. */
export interface KnownScheme {
  /** The scheme that stands for it and its aliases. */
  readonly scheme: string;
  readonly aliases: readonly string[];
  /** How to get a store of this kind, where the package has none built in. */
  readonly factory?: { readonly install: string; readonly from: string; readonly name: string };
}

export const knownSchemes: readonly KnownScheme[] = [
  { scheme: 'file', aliases: [] },
  { scheme: 'memory', aliases: [] },
  {
    scheme: 's3',
    aliases: [],
    factory: { install: '@aws-sdk/client-s3', from: '@planscope/object-store/s3', name: 's3Stores' },
  },
  {
    scheme: 'gs',
    aliases: ['gcs'],
    factory: { install: '@google-cloud/storage', from: '@planscope/object-store/gs', name: 'gsStores' },
  },
  {
    scheme: 'az',
    aliases: ['abfs', 'abfss'],
    factory: { install: '@azure/storage-blob', from: '@planscope/object-store/az', name: 'azStores' },
  },
];

/** The scheme that an alias stands for; any other is given back as it is. */
export function canonicalScheme(scheme: string): string {
  return knownSchemes.find(({ aliases }) => aliases.includes(scheme))?.scheme ?? scheme;
}
