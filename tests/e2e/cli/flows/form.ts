import { flow, pause } from "millrace";
import { z } from "zod";

const answer = z.object({
  approve: z.boolean().describe("May it go out?"),
  channel: z.enum(["mail", "chat"]).default("mail"),
});

export const form = flow({ name: "form" }, async () => {
  const description = "Publish the report?";
  const { approve, channel } = await pause({ input: answer, description, key: "publish", answerers: ["ada", "ops"] });
  return `${approve ? "published" : "kept"} by ${channel}`;
});
