import * as z from "zod";
import { uuid } from "../schemas/common.ts";

export const byId = { params: z.object({ id: uuid }) };
export const byName = { params: z.object({ name: z.string() }) };
export const byTag = { params: z.object({ tag: z.string() }) };
export const ofWorkPool = { params: z.object({ work_pool_name: z.string() }) };
export const byNameOfWorkPool = { params: z.object({ work_pool_name: z.string(), name: z.string() }) };
