/** Where runs are recorded: a ledger that this process opens, or a server that has one. */

import type { Client } from "../client/create-client.ts";
import type { Api } from "../contract/api.ts";
import type { Store } from "../contract/store.ts";
import type { Clock } from "../kit/clock.ts";
import { createService } from "../service/create-service.ts";
import type { LeaseLocation } from "./lease-keeper.ts";
import { openStore } from "./open-store.ts";
import { isAlive } from "./process-liveness.ts";
import { createServerClient, type ServerPlace } from "./server-client.ts";
import type { Settings } from "./settings.ts";

export interface OpenedLedger {
  readonly api: Api;
  /** Null when a server has it. */
  readonly store: Store | null;
  /** The same as `api`, with what a server can beside it; null when this process has opened the ledger itself. */
  readonly client: Client | null;
  /** Whether it takes keys that a worker makes for its runs. */
  readonly takesRunKeys: boolean;
  /** Says from now on by this key who is asking. A ledger asks nobody. */
  useKey(apiKey: string): void;
  /** How a thread of this process renews its lease, with the key of now. */
  readonly lease: {
    readonly location: LeaseLocation;
    readonly leaseMs: number;
    /** Whether others see this process only by its lease, so that it must be renewed from the start. */
    readonly isAllOthersKnow: boolean;
  };
}

export interface LedgerOptions {
  readonly clock: Clock;
  /** In place of that of the settings. */
  readonly store?: Store | undefined;
  /** Whether a server of the settings has answered somebody: it is waited for, then. Default false. */
  readonly isServerKnown?: boolean;
}

/** @throws what opening the ledger throws, SERVER_UNREACHABLE, SERVER_ANSWER_INVALID */
export async function openLedger(settings: Settings, options: LedgerOptions): Promise<OpenedLedger> {
  const { clock, store } = options;
  const place = serverPlace(settings);
  return store === undefined && place !== null ? openRemote(place, options) : openOwn(settings, { clock, store });
}

/** The server of the settings. A ledger that was named for this call goes before it. */
export function serverUrl({ apiUrl, origins }: Settings): string | null {
  const isLedgerNamed = origins.home === "option" || origins.database === "option";
  return isLedgerNamed && origins.apiUrl !== "option" ? null : apiUrl;
}

/** The same, with the key for it. */
export function serverPlace(settings: Settings): ServerPlace | null {
  const apiUrl = serverUrl(settings);
  return apiUrl === null ? null : { apiUrl, apiKey: settings.apiKey };
}

async function openOwn(
  settings: Settings,
  options: { readonly clock: Clock; readonly store: Store | undefined },
): Promise<OpenedLedger> {
  const { clock } = options;
  const { home, database, durability, leaseMs } = settings;
  const store = options.store ?? (await openStore(settings, clock));
  const api = createService({ store, clock, leaseMs, isAlive });
  // Processes of one SQLite file see each other; a lease on PostgreSQL is all that others know of this one.
  const lease = { location: { home, database, durability }, leaseMs, isAllOthersKnow: database !== null };
  return { api, store, client: null, takesRunKeys: false, useKey: () => undefined, lease };
}

async function openRemote(first: ServerPlace, { clock, isServerKnown = false }: LedgerOptions): Promise<OpenedLedger> {
  let place = first;
  const client = await createServerClient(place, {
    clock,
    hasAnswered: isServerKnown,
    ...(first.apiKey === null ? {} : { token: () => place.apiKey ?? "" }),
  });
  const { leaseMs, runKeys = false } = await client.readServerInfo();
  return {
    api: client,
    store: null,
    client,
    takesRunKeys: runKeys,
    useKey(apiKey) {
      place = { ...place, apiKey };
    },
    lease: {
      get location() {
        return place;
      },
      leaseMs,
      isAllOthersKnow: true,
    },
  };
}
