/** Schemas of contract/access.ts. */

import * as z from "zod";
import { accountRoles } from "../../access.ts";
import { time } from "./states.ts";

const role = z.enum(accountRoles);
const kind = z.enum(["person", "service"]);

export const account = z
  .object({
    id: z.string(),
    name: z.string(),
    kind,
    role,
    isDisabled: z.boolean(),
    hasPassword: z.boolean(),
    createdAt: time,
    updatedAt: time,
    revision: z.number(),
  })
  .meta({ id: "Account" });

export const newAccount = z
  .object({ name: z.string(), kind, role, password: z.string().exactOptional() })
  .meta({ id: "NewAccount" });

export const accountChange = z
  .object({
    role: role.exactOptional(),
    isDisabled: z.boolean().exactOptional(),
    password: z.string().nullable().exactOptional(),
  })
  .meta({ id: "AccountChange" });

export const apiKey = z
  .object({
    id: z.string(),
    accountId: z.string(),
    name: z.string(),
    start: z.string(),
    createdAt: time,
    expiresAt: time.nullable(),
    usedAt: time.nullable(),
  })
  .meta({ id: "ApiKey" });

export const newApiKey = z
  .object({ accountId: z.string(), name: z.string(), expiresAt: time.nullable().exactOptional() })
  .meta({ id: "NewApiKey" });

export const madeApiKey = z.object({ key: apiKey, text: z.string() }).meta({ id: "MadeApiKey" });

export const apiKeyFilter = z.object({ accountId: z.string().exactOptional() });

const outcome = z.enum(["done", "failed", "denied"]);

export const auditEntry = z
  .object({
    seq: z.number(),
    at: time,
    accountId: z.string().nullable(),
    accountName: z.string().nullable(),
    means: z.enum(["key", "password", "session"]).nullable(),
    keyId: z.string().nullable(),
    address: z.string(),
    action: z.string(),
    path: z.string(),
    outcome,
    status: z.number(),
    requestId: z.string(),
    calls: z.int(),
  })
  .meta({ id: "AuditEntry" });

export const auditFilter = z
  .object({
    accountId: z.string().exactOptional(),
    outcomes: z.array(outcome).exactOptional(),
    action: z.string().exactOptional(),
    text: z.string().exactOptional(),
    since: time.exactOptional(),
    until: time.exactOptional(),
  })
  .meta({ id: "AuditFilter" });
