/** Everything that a ledger and those of its workspaces keep sealed: secrets, and the values of blocks. A new place for what is sealed belongs in here. */

import type { Condition } from "../contract/query.ts";
import type { Store } from "../contract/store.ts";
import { blockDocumentSeal } from "../contract/secrets.ts";
import { eachLedger } from "./each-ledger.ts";

const pageSize = 200;
const everything: Condition = { all: [] };

export interface SealedValue {
  readonly kind: "secret" | "block";
  readonly name: string;
  /** What it is sealed under. */
  readonly sealName: string;
  readonly sealed: string;
  /** False when somebody else has changed it since it was read. Nothing of it is told of. */
  readonly replace: (sealed: string) => Promise<boolean>;
}

type SealingStore = Pick<Store, "findSealedSecrets" | "resealSecret" | "findObjects" | "replaceObject">;

/** Read 200 at a time; what is written meanwhile may be left out. Names of a workspace have its own before them. */
export async function* readSealedValues(store: Store): AsyncGenerator<SealedValue> {
  for await (const { workspace, store: ledger } of eachLedger(store)) {
    for await (const value of readOfOne(ledger)) {
      yield workspace === null ? value : { ...value, name: `${workspace.name}/${value.name}` };
    }
  }
}

async function* readOfOne(store: SealingStore): AsyncGenerator<SealedValue> {
  yield* readSecrets(store);
  yield* readBlocks(store);
}

async function* readSecrets(store: SealingStore): AsyncGenerator<SealedValue> {
  for (let after: string | null = null; ; ) {
    const secrets = await store.findSealedSecrets(after, pageSize);
    for (const { name, sealed } of secrets) {
      const replace = (to: string) => store.resealSecret({ name, from: sealed, to });
      yield { kind: "secret", name, sealName: name, sealed, replace };
    }
    if (secrets.length < pageSize) return;
    after = secrets.at(-1)?.name ?? null;
  }
}

async function* readBlocks(store: SealingStore): AsyncGenerator<SealedValue> {
  for (let cursor: string | null = null; ; ) {
    const page: Awaited<ReturnType<typeof readPage>> = await readPage(store, cursor);
    for (const document of page.items) {
      const { id, name, sealed, revision } = document;
      if (sealed === undefined) continue;
      const replace = async (to: string) =>
        (await store.replaceObject("block-document", { ...document, sealed: to, revision: revision + 1 }, null)) ===
        "written";
      yield { kind: "block", name, sealName: blockDocumentSeal(id), sealed, replace };
    }
    if (page.next === null) return;
    cursor = page.next;
  }
}

const readPage = (store: SealingStore, cursor: string | null) =>
  store.findObjects(
    "block-document",
    { where: everything },
    { limit: pageSize, ...(cursor === null ? {} : { cursor }) },
  );
