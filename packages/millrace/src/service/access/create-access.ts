/** Who somebody is, by what they come with. */

import type { Access, Account, Credential, Identity, NewAuditEntry, OpenedSession } from "../../contract/access.ts";
import { isMillraceError } from "../../contract/errors.ts";
import type { AccessStore } from "../../contract/store.ts";
import type { Clock } from "../../kit/clock.ts";
import { secretBytes } from "../../kit/random.ts";
import { sha256 } from "../../kit/sha256.ts";
import { toAccount } from "./accounts.ts";
import { createAttempts } from "./attempts.ts";
import { isSameDigest, parseKey } from "./key-text.ts";
import { isSignedBy, type ParsedRunKey, parseRunKey } from "./run-key-text.ts";
import { isPassword } from "./password.ts";
import { takeAccount } from "./proved-people.ts";

/** How long what was found out holds, in ms: what is taken away is gone within it. */
const holdsMs = 2000;
/** How long a password that was right is not hashed again, in ms, while its account stays what it is. */
const passwordHoldsMs = 60_000;
/** How long a session lasts, in ms. */
const sessionMs = 7 * 24 * 60 * 60_000;
/** A key's last use is kept to this, in ms. */
const usedMs = 60_000;
/** What is held at most. */
const maxHeld = 10_000;
const tokenBytes = 32;

interface Held {
  readonly identity: Identity | null;
  readonly until: number;
}

interface HeldPassword {
  readonly accountId: string;
  readonly revision: number;
  readonly until: number;
}

export function createAccess({ access, clock }: { readonly access: AccessStore; readonly clock: Clock }): Access {
  const attempts = createAttempts(clock);
  const held = new Map<string, Held>();
  const passwords = new Map<string, HeldPassword>();
  /** What is being found out: the same is not found out twice at once. */
  const finding = new Map<string, Promise<Identity | null>>();
  let waiting: { readonly entry: NewAuditEntry; readonly done: PromiseWithResolvers<void> }[] = [];
  let isWriting = false;

  /** @param isHeld whether what was found out a moment ago will do */
  async function identify(credential: Credential, from: string, isHeld = true): Promise<Identity | null> {
    const known = digestOf(credential);
    const found = held.get(known);
    if (isHeld && found !== undefined && found.until > clock.monotonic()) return found.identity;
    const underWay = finding.get(known);
    if (isHeld && underWay !== undefined) return underWay;
    const name = credential.kind === "password" ? { name: credential.name } : {};
    // Who has just come in is not kept out by others that share an address.
    const wasGood = found !== undefined && found.identity !== null;
    const end = credential.kind === "session" || wasGood ? () => undefined : attempts.begin({ from, ...name });
    const asked = find(credential, known)
      .then((identity) => {
        if (identity === null) attempts.fail({ from, ...name });
        keep(held, known, { identity, until: clock.monotonic() + holdsMs });
        return identity;
      })
      .finally(() => {
        end();
        if (finding.get(known) === asked) finding.delete(known);
      });
    finding.set(known, asked);
    return asked;
  }

  async function find(credential: Credential, known: string): Promise<Identity | null> {
    switch (credential.kind) {
      case "key":
        return findByKey(credential.text);
      case "session":
        return findBySession(credential.token);
      case "password":
        return findByPassword(credential, known);
    }
  }

  async function findByKey(text: string): Promise<Identity | null> {
    const ofRun = parseRunKey(text);
    if (ofRun !== null) return findByRunKey(ofRun);
    const parsed = parseKey(text);
    const key = parsed === null ? null : await access.readApiKey(parsed.id);
    const now = clock.now();
    if (key === null || parsed === null || !isSameDigest(key.digest, parsed.digest)) return null;
    if (key.expiresAt !== null && key.expiresAt <= now) return null;
    if (key.usedAt === null || now - key.usedAt >= usedMs) await access.markApiKeyUsed(key.id, now);
    return toIdentity(key.accountId, "key", key.id);
  }

  /** Who the worker is that has made it. Whether its process still has the run is the run's ledger to say. */
  async function findByRunKey(parsed: ParsedRunKey): Promise<Identity | null> {
    const key = await access.readApiKey(parsed.keyId);
    const now = clock.now();
    if (key === null || !isSignedBy(parsed, key)) return null;
    if ([key.expiresAt, parsed.expiresAt].some((expiresAt) => expiresAt !== null && expiresAt <= now)) return null;
    const identity = await toIdentity(key.accountId, "key", key.id);
    return identity === null ? null : { ...identity, scope: parsed.scope };
  }

  async function findBySession(token: string): Promise<Identity | null> {
    const session = await access.readSession(sha256(token, "hex"));
    if (session === null || session.expiresAt <= clock.now()) return null;
    return toIdentity(session.accountId, "session");
  }

  /** Prefect's clients send their password with each request. */
  async function findByPassword(
    { name, password }: { readonly name: string; readonly password: string },
    known: string,
  ): Promise<Identity | null> {
    const account = await access.readAccount({ name });
    const before = passwords.get(known);
    const isKnown =
      before !== undefined &&
      before.until > clock.monotonic() &&
      before.accountId === account?.id &&
      before.revision === account.revision;
    if (!isKnown && !(await isPassword(password, account?.passwordHash ?? null))) return null;
    if (account === null || account.isDisabled) return null;
    const { id: accountId, revision } = account;
    if (!isKnown) keep(passwords, known, { accountId, revision, until: clock.monotonic() + passwordHoldsMs });
    attempts.succeed(name);
    return { account: toAccount(account), means: "password", keyId: null };
  }

  async function toIdentity(accountId: string, means: Identity["means"], keyId: string | null = null) {
    const account = await access.readAccount({ id: accountId });
    return account === null || account.isDisabled ? null : { account: toAccount(account), means, keyId };
  }

  /** Null for an account that has been changed meanwhile. */
  async function openSession(account: Account): Promise<OpenedSession | null> {
    const { id: accountId, revision } = account;
    const token = Buffer.from(secretBytes(tokenBytes)).toString("base64url");
    const digest = sha256(token, "hex");
    const createdAt = clock.now();
    const expiresAt = createdAt + sessionMs;
    await access.insertSession({ digest, accountId, createdAt, expiresAt });
    // Who changes a password ends all sessions: one that begins in that moment would be left.
    if ((await access.readAccount({ id: accountId }))?.revision !== revision) {
      await access.deleteSession(digest);
      return null;
    }
    return { token, expiresAt, identity: { account, means: "session", keyId: null } };
  }

  async function writeWaiting(): Promise<void> {
    isWriting = true;
    while (waiting.length > 0) {
      const some = waiting;
      waiting = [];
      try {
        await access.insertAuditEntries(some.map(({ entry }) => entry));
        for (const { done } of some) done.resolve();
      } catch (error) {
        for (const { done } of some) done.reject(error);
      }
    }
    isWriting = false;
  }

  return {
    identify: (credential, from) => identify(credential, from),

    async signIn({ name, password, from }) {
      const identity = await identify({ kind: "password", name, password }, from, false);
      if (identity === null) return null;
      return openSession(identity.account);
    },

    async signInProved({ from, prove }) {
      attempts.begin({ from })();
      const person = await prove().catch((error: unknown) => {
        if (isMillraceError(error, "OIDC_REFUSED")) attempts.fail({ from });
        throw error;
      });
      const account = await takeAccount({ access, clock }, person);
      return account.isDisabled ? null : openSession(toAccount(account));
    },

    async signOut(token) {
      held.delete(digestOf({ kind: "session", token }));
      await access.deleteSession(sha256(token, "hex"));
    },

    audit(entry) {
      const done = Promise.withResolvers<void>();
      waiting.push({ entry, done });
      if (!isWriting) void writeWaiting();
      return done.promise;
    },
  };
}

/** What is held is known by it: credentials themselves are not kept. */
function digestOf(credential: Credential): string {
  return sha256(JSON.stringify(credential), "hex");
}

/** The oldest go when there are too many. */
function keep<Value>(map: Map<string, Value>, key: string, value: Value): void {
  map.delete(key);
  map.set(key, value);
  const [oldest] = map.keys();
  if (map.size > maxHeld && oldest !== undefined) map.delete(oldest);
}
