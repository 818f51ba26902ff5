import { uuidFromHash } from "../kit/ids.ts";

/** The id of what the artifacts of one key are versions of. */
export function artifactCollectionId(key: string): string {
  return uuidFromHash(`artifact collection ${key}`);
}
