/** The conditions that Prefect's filters are made of. What is null does not restrict. */

import * as z from "zod";
import { orNull, text, texts, time, uuids } from "./common.ts";

export const operator = z.enum(["and_", "or_"]).default("and_");

const flag = orNull(z.boolean());
const anyTexts = { any_: orNull(texts) };
const anyUuids = { any_: orNull(uuids) };

export const anyUuid = z.object(anyUuids);
export const anyOrNotUuid = z.object({ ...anyUuids, not_any_: orNull(uuids) });
export const anyOrNullUuid = z.object({ ...anyUuids, is_null_: flag });
export const joinedUuid = z.object({ operator, ...anyUuids, is_null_: flag });

export const anyText = z.object(anyTexts);
export const anyOrNotText = z.object({ ...anyTexts, not_any_: orNull(texts) });
export const joinedText = z.object({ operator, ...anyTexts, is_null_: flag });
export const likeText = z.object({ like_: orNull(text) });
export const anyOrLikeText = z.object({ ...anyTexts, like_: orNull(text) });
export const keyText = z.object({ ...anyTexts, like_: orNull(text), exists_: flag });
export const anyOrPrefixText = z.object({ ...anyTexts, startswith_: orNull(texts) });

export const allTags = z.object({ operator, all_: orNull(texts), is_null_: flag });
export const allOrAnyTags = z.object({ operator, all_: orNull(texts), any_: orNull(texts), is_null_: flag });

export const timeRange = z.object({ before_: orNull(time), after_: orNull(time) });
export const timeRangeOrNull = z.object({ before_: orNull(time), after_: orNull(time), is_null_: flag });

export const numberRange = z.object({ ge_: orNull(z.int()), le_: orNull(z.int()) });
export const isEqual = z.object({ eq_: flag });
export const isThere = z.object({ exists_: flag });
export const isNull = z.object({ operator, is_null_: flag });

/** Words as the search of events and logs has them: `-` excludes, `+` requires, quotes make a phrase. */
export const searchText = z.object({ query: text.max(200) });
