/** Schemas of contract/wire/session.ts. */

import * as z from "zod";
import type { OwnKeyToMake, PasswordChange, SessionDescription, SignInRequest } from "../session.ts";
import { account } from "./access.ts";
import { time } from "./states.ts";
import { openWorkspace } from "./workspaces.ts";

export const sessionDescription: z.ZodType<SessionDescription> = z
  .object({
    accessControl: z.enum(["off", "on"]),
    account: account.nullable(),
    means: z.enum(["key", "password", "session"]).nullable(),
    workspace: z.string().nullable(),
    workspaces: z.array(openWorkspace),
    provider: z.object({ name: z.string() }).exactOptional(),
  })
  .meta({ id: "SessionDescription" });

/** What is longer is no password of ours, and not worth the work of hashing it. */
const password = z.string().max(1000);

export const signInRequest: z.ZodType<SignInRequest> = z
  .object({ name: z.string().max(1000), password })
  .meta({ id: "SignInRequest" });

export const passwordChange: z.ZodType<PasswordChange> = z
  .object({ current: password, next: password })
  .meta({ id: "PasswordChange" });

export const ownKeyToMake: z.ZodType<OwnKeyToMake> = z
  .object({ name: z.string(), expiresAt: time.nullable().exactOptional() })
  .meta({ id: "OwnKeyToMake" });
