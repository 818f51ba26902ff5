import { profileLs } from "../profile/ls.ts";

/** The same under an older name. */
export const configProfiles = {
  ...profileLs,
  summary: "List the profiles of settings, as `profile ls` does",
  examples: [{ command: "config profiles", why: "which are there, and which is used?" }],
};
