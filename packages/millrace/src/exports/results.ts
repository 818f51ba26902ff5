/** `millrace/results`: where results are kept and in which form, for the options `resultStorage` and `resultSerializer`. */

export type { ResultSerializer, ResultStorage, StoredObject } from "../contract/results.ts";
export { compressed } from "../results/compressed-serializer.ts";
export { createFileStorage as fileStorage, type FileStorageOptions } from "../results/file-storage.ts";
export { createJsonSerializer as json } from "../results/json-serializer.ts";
export type { S3StorageOptions } from "../results/s3-connection.ts";
export { createS3Storage as s3Storage } from "../results/s3-storage.ts";
export { v8 } from "../results/v8-serializer.ts";
