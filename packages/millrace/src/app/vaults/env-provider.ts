import type { SecretProvider } from "../../contract/secrets.ts";

/** No other variable can be read by a reference: what is in the environment of a server is not all for those who set secrets. */
const prefix = "MILLRACE_SECRET_";

/** `vault://env/NAME` is the variable MILLRACE_SECRET_NAME. */
export function createEnvProvider(environment: (name: string) => string | undefined): SecretProvider {
  return { name: "env", read: async (path) => environment(prefix + path) ?? null };
}
