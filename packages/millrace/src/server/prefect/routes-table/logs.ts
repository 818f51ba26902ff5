import * as z from "zod";
import type { PrefectRoute } from "../routes-table-types.ts";
import * as schemas from "../schemas/logs.ts";

/** Clients send batches of up to 4 MB, and a line of 1 MB more. */
const maxLogsBytes = 8 * 2 ** 20;

const tag = "Logs";

export const logRoutes = {
  createLogs: {
    verb: "POST",
    path: "/logs/",
    tag,
    summary: "Records lines of logs",
    body: schemas.createLogsBody,
    maxBodyBytes: maxLogsBytes,
    answers: { 201: z.null() },
  },
  readLogs: {
    verb: "POST",
    path: "/logs/filter",
    tag,
    summary: "Lines of logs that match",
    body: schemas.readLogsBody,
    answers: { 200: z.array(schemas.log) },
  },
} as const satisfies Record<string, PrefectRoute>;
