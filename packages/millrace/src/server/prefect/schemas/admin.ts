/** What is said of the server itself, and what belongs to it as a whole. */

import * as z from "zod";
import { jsonObject, record, text, timeText, uuid } from "./common.ts";

/** A block document that results are stored in where a flow does not say; null for none. */
export const defaultResultStorage = z
  .object({ default_result_storage_block_id: uuid.nullable() })
  .meta({ id: "ServerDefaultResultStorage" });

export const defaultResultStorageUpdate = z
  .object({ default_result_storage_block_id: uuid })
  .meta({ id: "ServerDefaultResultStorageUpdate" });

/** Groups of settings by name, with a few of Prefect's: what a client reads of it has a default. */
export const settings = jsonObject.meta({ id: "Settings" });

export const version = text;

/** A view of the collections of blocks and workers that are known, by name of the package. */
export const collectionView = jsonObject;

export const csrfTokenQuery = z.object({ client: text });

export const csrfToken = z
  .object({ ...record, token: text, client: text, expiration: timeText })
  .meta({ id: "CsrfToken" });

export const readiness = z.object({ message: text });
