import { execFile, type ExecFileException } from "node:child_process";
import type { SecretProvider } from "../../contract/secrets.ts";

const maxBytes = 64 * 1024;
/** The place of the reference's path among the command's words. */
export const pathWord = "{path}";

/** A program that prints the value, as those of vaults do. It is started without a shell; its standard error is nobody's. */
export function createCommandProvider(name: string, [program = "", ...args]: readonly string[]): SecretProvider {
  return {
    name,
    read: (path, signal) =>
      new Promise((resolve, reject) => {
        const words = args.map((word) => word.replaceAll(pathWord, () => path));
        const options = {
          maxBuffer: maxBytes,
          killSignal: "SIGKILL",
          windowsHide: true,
          ...(signal && { signal }),
        } as const;
        const child = execFile(program, words, options, (error, stdout) => {
          if (error === null) resolve(stdout.replace(/\r?\n$/, ""));
          else reject(new Error(describeEnd(program, error)));
        });
        child.stdin?.end();
      }),
  };
}

/** Without what it printed, which may be the value, and without its words. */
function describeEnd(program: string, { code, signal }: ExecFileException): string {
  if (code === "ENOENT") return `\`${program}\` is not installed`;
  if (code === "ERR_CHILD_PROCESS_STDIO_MAXBUFFER") return `\`${program}\` printed more than ${maxBytes / 1024} KiB`;
  if (code === "ABORT_ERR") return `\`${program}\` did not end in time`;
  return `\`${program}\` ended ${typeof code === "number" ? `with exit code ${String(code)}` : `by ${signal ?? String(code)}`}`;
}
