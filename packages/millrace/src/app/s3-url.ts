/** A block of the ledger that holds credentials, by its type and its name. */
export interface S3CredentialsBlock {
  readonly type: "aws-credentials" | "minio-credentials";
  readonly name: string;
}

/** A place on S3, as a setting names it. */
export interface S3Place {
  readonly bucket: string;
  /** Empty, or with a slash at its end. */
  readonly prefix: string;
  /** The address of a service other than AWS. */
  readonly endpoint?: string;
  readonly region?: string;
  /** Absent: what the AWS SDK finds. */
  readonly credentials?: S3CredentialsBlock;
}

const blockForm = /^(aws-credentials|minio-credentials)\/([^/]+)$/;

/** The parts of `s3://bucket/prefix?endpoint=http://host:9000&region=…&credentials=aws-credentials/name`; null for anything else. */
export function parseS3Url(text: string): S3Place | null {
  const [, bucket, path = "", query = ""] = /^s3:\/\/([a-z0-9][a-z0-9.-]*)(\/[^?]*)?(?:\?(.*))?$/.exec(text) ?? [];
  if (bucket === undefined) return null;
  const folder = path.replace(/^\/+|\/+$/g, "");
  const { endpoint, region, credentials, ...others } = Object.fromEntries(new URLSearchParams(query));
  if (Object.keys(others).length > 0 || (endpoint !== undefined && !URL.canParse(endpoint))) return null;
  const [, type, name] = blockForm.exec(credentials ?? "") ?? [];
  if (credentials !== undefined && name === undefined) return null;
  return {
    bucket,
    prefix: folder === "" ? "" : `${folder}/`,
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(region === undefined ? {} : { region }),
    ...(name === undefined ? {} : { credentials: { type: type as S3CredentialsBlock["type"], name } }),
  };
}
