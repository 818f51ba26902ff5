/**
 * A credential that is in no file of the project: from the environment, a .env file or the ledger's sealed secrets; and
 * never in a log, since what is recorded is masked first.
 *
 *   API_TOKEN=abc123 node examples/from-the-field/read-secret.ts
 */

import { flow, logger, secret, task } from "millrace";

const readSecret = task({ name: "read-secret" }, async () => {
  const token = await secret.get("API_TOKEN");
  logger().info(`Using token: ${token}`); // recorded as "Using token: ***"
  return token.length;
});

export const useSecret = flow({ name: "use-secret" }, async () => await readSecret());

if (import.meta.main) console.log(`The token has ${await useSecret()} characters`);
