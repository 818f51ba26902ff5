/** Looks through what people have made for what refers to a block or a variable; the rule is rules/find-references.ts. */

import { MillraceError } from "../contract/errors.ts";
import type { ObjectKind, ObjectTypes } from "../contract/objects.ts";
import type { Store } from "../contract/store.ts";
import type { Use, UsedThing, Uses } from "../contract/uses.ts";
import { findReferences, type ReferredTo } from "../rules/find-references.ts";

const maxUses = 200;
const maxFields = 20;
/** Read at once: a pool's template and a deployment's schema can be long. */
const pageSize = 200;

type Reading = Pick<Store, "readObjects" | "findObjects">;

/** What of each kind can refer to something, and what it is called. */
const looks: { readonly [Kind in Use["kind"]]: (object: ObjectTypes[Kind]) => Look } = {
  deployment: ({ flowName, name, ...rest }) => ({
    name: `${flowName}/${name}`,
    parts: {
      pullSteps: rest.pullSteps,
      jobVariables: rest.jobVariables,
      parameters: rest.parameters,
      storageDocumentId: rest.storageDocumentId,
      infrastructureDocumentId: rest.infrastructureDocumentId,
    },
  }),
  schedule: ({ slug, id, deploymentId, parameters }) => ({ name: slug ?? id, deploymentId, parts: { parameters } }),
  "work-pool": ({ name, baseJobTemplate, storageConfiguration }) => ({
    name,
    parts: { baseJobTemplate, storageConfiguration },
  }),
  automation: ({ name, actions, actionsOnTrigger, actionsOnResolve }) => ({
    name,
    parts: { actions, actionsOnTrigger, actionsOnResolve },
  }),
  // What is sealed can be looked into only by who has the key.
  "block-document": ({ name, data }) => ({ name, parts: { data } }),
  configuration: ({ name, value }) => ({ name, parts: { value } }),
};

interface Look {
  readonly name: string;
  readonly deploymentId?: string;
  readonly parts: Readonly<Record<string, unknown>>;
}

/** @throws NOT_FOUND for a block that is not there */
export async function findUses(store: Reading, of: UsedThing): Promise<Uses> {
  const to = await toReferred(store, of);
  const items: Use[] = [];
  for (const kind of Object.keys(looks) as Use["kind"][]) {
    for await (const { id, look } of lookAtAll(store, kind)) {
      if (to.kind === "block-document" && id === to.id) continue;
      const fields = findReferences(look.parts, to).slice(0, maxFields);
      if (fields.length === 0) continue;
      if (items.length === maxUses) return { items, isCut: true };
      const { name, deploymentId } = look;
      items.push(
        deploymentId === undefined
          ? { kind, id, name, fields }
          : { kind, id, name: await nameOfDeployment(store, deploymentId), deploymentId, fields },
      );
    }
  }
  return { items, isCut: false };
}

async function toReferred(store: Reading, of: UsedThing): Promise<ReferredTo> {
  if (of.kind === "variable") return of;
  const [block] = await store.readObjects("block-document", [of.id]);
  if (block === undefined) {
    const advice = "`millrace block ls` lists those there are.";
    throw new MillraceError("NOT_FOUND", { kind: "block", name: of.id, advice });
  }
  const [type] = await store.readObjects("block-type", [block.blockTypeId]);
  return { kind: "block-document", id: block.id, type: type?.slug ?? "", name: block.name };
}

async function* lookAtAll<Kind extends Use["kind"]>(
  store: Reading,
  kind: Kind,
): AsyncGenerator<{ readonly id: string; readonly look: Look }> {
  for (let cursor: string | null = null; ; ) {
    const page: Awaited<ReturnType<typeof readPage<Kind>>> = await readPage(store, kind, cursor);
    for (const object of page.items) yield { id: object.id, look: looks[kind](object) };
    cursor = page.next;
    if (cursor === null) return;
  }
}

const readPage = <Kind extends ObjectKind>(store: Reading, kind: Kind, cursor: string | null) =>
  store.findObjects(kind, { where: { all: [] } }, { limit: pageSize, cursor });

async function nameOfDeployment(store: Reading, id: string): Promise<string> {
  const [deployment] = await store.readObjects("deployment", [id]);
  return deployment === undefined ? id : `${deployment.flowName}/${deployment.name}`;
}
