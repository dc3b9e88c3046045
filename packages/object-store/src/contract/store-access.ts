/** How another program, such as a database engine, reaches the objects of a store. It contains credentials. */
export type StoreAccess = S3Access | GsAccess | AzureAccess;

/** Access to a bucket of S3, or of a compatible server. */
export interface S3Access {
  readonly kind: 's3';
  readonly bucket: string;
  readonly region?: string;
  /** URL of a compatible server; absent for AWS. */
  readonly endpoint?: string;
  /** Whether the bucket is in the path instead of the host. */
  readonly forcePathStyle: boolean;
  /** Absent if requests are not signed. */
  readonly credentials?: {
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
    readonly sessionToken?: string;
    /** When they stop working; absent if they do not expire. */
    readonly expiration?: Date;
  };
}

/** Access to a bucket of Google Cloud Storage by its XML API, which takes the keys of HMAC. */
export interface GsAccess {
  readonly kind: 'gs';
  readonly bucket: string;
  readonly accessId: string;
  readonly secret: string;
  /** URL of a compatible server; absent for Google's. */
  readonly endpoint?: string;
}

/** Access to a container of Azure Blob Storage. */
export interface AzureAccess {
  readonly kind: 'azure';
  readonly container: string;
  /** Contains the account and its key or a shared access signature. */
  readonly connectionString: string;
}
