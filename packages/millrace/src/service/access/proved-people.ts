/**
 * Accounts of people whom an identity provider proves. The account's id follows from the provider and from its id of the person:
 * never from a name, which may be another's tomorrow.
 */

import type { ProvedPerson } from "../../contract/access.ts";
import { MillraceError } from "../../contract/errors.ts";
import type { AccessStore, StoredAccount } from "../../contract/store.ts";
import type { Clock } from "../../kit/clock.ts";
import { uuidFromHash } from "../../kit/ids.ts";

/** How often a change is made again because another one came between. */
const maxRaces = 20;
const maxNameLength = 100;

export function accountIdOf({ issuer, subject }: Pick<ProvedPerson, "issuer" | "subject">): string {
  return uuidFromHash(JSON.stringify(["account of OpenID Connect", issuer, subject]));
}

/** The person's account, which is made at the first time, with the role that they have now. @throws LEDGER_BUSY */
export async function takeAccount(
  { access, clock }: { readonly access: AccessStore; readonly clock: Clock },
  person: ProvedPerson,
): Promise<StoredAccount> {
  const id = accountIdOf(person);
  const { role, updatesRole } = person;
  for (let race = 0; race < maxRaces; race++) {
    const found = await access.readAccount({ id });
    const at = clock.now();
    if (found === null) {
      const made: StoredAccount = {
        id,
        name: nameAt(person, id, race),
        kind: "person",
        role,
        isDisabled: false,
        passwordHash: null,
        createdAt: at,
        updatedAt: at,
        revision: 1,
      };
      if (await access.insertAccount(made)) return made;
      continue;
    }
    // Who is kept out gets no other role either.
    if (!updatesRole || found.role === role || found.isDisabled) return found;
    const changed = { ...found, role, updatedAt: at, revision: found.revision + 1 };
    if (await access.replaceAccount(changed, found.revision)) return changed;
  }
  throw new MillraceError("LEDGER_BUSY", { location: `account ${id}`, waited: `${maxRaces} attempts` });
}

/** A name that another account has is that one's. */
function nameAt({ name, issuer }: ProvedPerson, id: string, race: number): string {
  const host = URL.canParse(issuer) ? new URL(issuer).hostname : "oidc";
  const names = [name, `${name} (${host})`.slice(0, maxNameLength).trim(), `${name.slice(0, 60).trim()} (${id})`];
  return names[Math.min(race, names.length - 1)] ?? name;
}
