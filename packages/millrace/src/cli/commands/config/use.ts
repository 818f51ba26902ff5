import { profileUse } from "../profile/use.ts";

/** The same under an older name. */
export const configUse = {
  ...profileUse,
  summary: "Use a profile from now on, as `profile use` does",
  examples: [{ command: "config use work", why: "made by `config set … --in work`" }],
};
