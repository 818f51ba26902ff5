import type { CommandContext } from "./command.ts";

/** The user's code may leave something open that keeps the process alive after its run; they are told after this time. */
const lingerMs = 5000;

/** Says why the process does not end, if it does not. Keeps nothing alive itself. */
export function watchForLinger({ clock, err }: Pick<CommandContext, "clock" | "err">): void {
  clock.setTimer(
    lingerMs,
    () => {
      const open = [...new Set(process.getActiveResourcesInfo())].filter((name) => !/TTY|Pipe/.test(name));
      const what = open.length === 0 ? "something" : open.join(", ");
      err.line(`The run has ended, but the process is kept alive by its code (${what}). Ctrl-C ends it.`);
    },
    { background: true },
  );
}
