/**
 * Secrets and variables: a secret is sealed in the ledger with a key that stays on this machine, and masked in every
 * log line, result preview and error; a variable is a plain setting that can change between runs.
 *
 *   node examples/secrets.ts
 */

import { flow, logger, secret, task, variable } from "millrace";

const callService = task({ name: "call-service" }, async (path: string) => {
  const token = await secret.get("service-token");
  const region = await variable.get("region");
  logger().info(`GET https://${String(region)}.example.com/${path} with token ${token}`);
  return { region, signedIn: token.length > 0 };
});

export const useService = flow({ name: "use-service" }, async () => await callService("orders"));

if (import.meta.main) {
  await secret.set("service-token", "s3cr3t-t0ken-value"); // once, by hand: millrace secret set service-token
  await variable.set("region", "eu-west");
  console.log(await useService());
}
