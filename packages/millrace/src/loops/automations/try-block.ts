/** Tries a block that the server itself sends something by: a message that says that it is a test. */

import type { Api } from "../../contract/api.ts";
import { MillraceError } from "../../contract/errors.ts";
import type { Vault } from "../../contract/runtime.ts";
import type { BlockTrial } from "../../contract/wire/sealed-values.ts";
import type { Clock } from "../../kit/clock.ts";
import { uuidv7 } from "../../kit/ids.ts";
import { type AddressCheck, createAddressCheck } from "./check-address.ts";
import { toNotificationRequests, toWebhookRequest } from "./notification-requests.ts";
import { openBlock, type OpenBlock } from "./open-block.ts";
import { describeSendFailure, type HttpRequest, sendHttp } from "./send-http.ts";
import { signRequest } from "./sign-request.ts";

export interface TryBlockContext {
  readonly api: Pick<Api, "readObject" | "readSecret">;
  readonly vault: Vault;
  readonly clock: Clock;
  /** Default: private networks may be sent to. */
  readonly checkAddress?: AddressCheck;
}

/** Null when there is no such block. @throws OBJECT_INVALID for one that the server does nothing with, SECRET_UNREADABLE */
export async function tryBlock(context: TryBlockContext, id: string): Promise<BlockTrial | null> {
  const { api, vault, clock, checkAddress = createAddressCheck({ privateNetworks: "all" }) } = context;
  const block = await openBlock({ api, vault }, id);
  if (block === null) return null;
  const requests = toRequests(block);
  if (requests === null) {
    const reason = `a block of type ${block.type} is used by code alone, so the server cannot try it`;
    throw new MillraceError("OBJECT_INVALID", { reason });
  }
  if (requests.length === 0) return { isOk: false, told: "It names nobody to send anything to." };
  for (const request of requests) {
    try {
      // What is answered may repeat what was sent, and with it secrets: the status is all that is told.
      const signed = await signRequest(request, { context: { api, vault, clock }, block, id: uuidv7() });
      const { status } = await sendHttp(signed.request, { clock, checkAddress });
      if (status >= 300) return { isOk: false, told: `The message was answered with ${status}.` };
    } catch (error) {
      return { isOk: false, told: `The message could not be sent: ${describeSendFailure(error)}.` };
    }
  }
  return { isOk: true, told: "The message was sent, and taken." };
}

function toRequests(block: OpenBlock): readonly HttpRequest[] | null {
  const text = `Somebody tries whether the block ${block.type}/${block.name} works.`;
  if (block.type === "webhook") return [toWebhookRequest(block, JSON.stringify({ test: true, message: text }))];
  return toNotificationRequests(block, { subject: "Test from Millrace", body: text });
}
