/** What the settings hold that no log, error or name may show. */

import type { Settings } from "./settings.ts";

/** The key of the server, those of the secrets, the database's password, and what the server is known by to a provider. */
export function secretsOfSettings(settings: Settings): readonly string[] {
  const { apiKey, secretsKey, oidcClientSecret, database } = settings;
  const keys = secretsKey?.split(",").map((key) => key.trim()) ?? [];
  const given = [apiKey, oidcClientSecret].filter((each) => each !== null);
  return [...given, ...keys, ...passwordsOf(database)];
}

/** As it is written there, and as it is meant. */
function passwordsOf(url: string | null): readonly string[] {
  if (url === null || !URL.canParse(url)) return [];
  const { password, searchParams } = new URL(url);
  return [password, decoded(password), searchParams.get("password") ?? ""].filter((each) => each !== "");
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
