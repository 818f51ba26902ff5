import { flow, pause } from "millrace";
import { z } from "zod";

const answer = z.object({
  approve: z.boolean().describe("May it go out?"),
  channel: z.enum(["mail", "chat"]).default("mail"),
});

export const form = flow({ name: "form" }, async () => {
  const { approve, channel } = await pause({ input: answer, description: "Publish the report?", key: "publish" });
  return `${approve ? "published" : "kept"} by ${channel}`;
});
