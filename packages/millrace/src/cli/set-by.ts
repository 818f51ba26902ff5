import { hostname, userInfo } from "node:os";

/** Who did something by hand, for the record: "ada@laptop: millrace flow-run cancel --force". */
export function setBy(command: string): string {
  return `${userName()}@${hostname()}: millrace ${command}`;
}

/** Who has started this process. */
export function userName(): string {
  try {
    return userInfo().username;
  } catch {
    // In a container the user may have no name.
    return `user ${process.getuid?.() ?? "unknown"}`;
  }
}
