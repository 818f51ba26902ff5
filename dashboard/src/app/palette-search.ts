/** What the palette finds by a name or the start of an id. */

import type { Deployment, Flow, FlowRunRow, ObjectKind, ObjectTypes } from "millrace/client";
import { api } from "../api/api.ts";
import { deploymentsCalled } from "../api/deployments-called.ts";
import { deploymentPrefix } from "../pages/limits/limit-words.ts";
import { findById, type FoundById } from "./find-by-id.ts";

/** Of each kind. */
const limit = 6;
/** Names of a kind that are kept here; where there are more, the server is asked for those that match. */
const maxNames = 500;

/** Of which there are few in most ledgers, so that their names are read once, and not with each word. */
const objectKinds = [
  "automation",
  "webhook",
  "work-pool",
  "worker",
  "concurrency-limit",
  "block-document",
  "variable",
] as const;
type NamedObject = (typeof objectKinds)[number];
/** In the order in which they are shown. */
const namedKinds = [...objectKinds, "secret"] as const;
export type NamedKind = (typeof namedKinds)[number];

export interface Named {
  readonly kind: NamedKind;
  /** Of a secret its name: it has no other. */
  readonly id: string;
  readonly name: string;
}

export interface Names {
  readonly known: readonly Named[];
  /** Kinds of which not all are known. */
  readonly cut: readonly NamedObject[];
}

export interface Found {
  readonly byId: FoundById | null;
  readonly runs: readonly FlowRunRow[];
  readonly flows: readonly Flow[];
  readonly deployments: readonly Deployment[];
  readonly artifactKeys: readonly string[];
  /** Of kinds of which not all are known. */
  readonly named: readonly Named[];
}

const toNamed = <Kind extends NamedObject>(kind: Kind, items: readonly ObjectTypes[Kind][]): readonly Named[] =>
  items.map(({ id, name }) => ({ kind, id, name }));

/** As of a list that goes on. */
const unread = { items: [], next: "" };

export async function readNames(): Promise<Names> {
  const sort = { field: "name", direction: "asc" } as const;
  const [secrets, ...pages] = await Promise.all([
    api.listSecrets().catch(() => []),
    ...objectKinds.map(async (kind) => ({
      kind,
      // What cannot be read now is asked for with each word.
      page: await api.listObjects(kind, { sort }, { limit: maxNames }).catch(() => unread),
    })),
  ]);
  return {
    known: [
      ...pages
        .flatMap(({ kind, page }) => toNamed(kind, page.items))
        // Those that deployments have of their own are found with these.
        .filter(({ kind, name }) => kind !== "concurrency-limit" || !name.startsWith(deploymentPrefix)),
      ...secrets.map(({ name }): Named => ({ kind: "secret", id: name, name })),
    ],
    cut: pages.flatMap(({ kind, page }) => (page.next === null ? [] : [kind])),
  };
}

export function namesLike({ known, cut }: Names, found: readonly Named[], text: string): readonly Named[] {
  const sought = text.toLowerCase();
  const isCut = (kind: NamedKind): boolean => cut.some((each) => each === kind);
  const here = known.filter(({ kind, name }) => !isCut(kind) && name.toLowerCase().includes(sought));
  return namedKinds.flatMap((kind) => [...here, ...found].filter((each) => each.kind === kind).slice(0, limit));
}

/** Asks at most five questions, and one for each kind of which not all names are known. */
export async function findLike(text: string, { cut }: Names): Promise<Found> {
  const page = { limit };
  const where = { field: "name", contains: text };
  const ofKind = async <Kind extends ObjectKind>(kind: Kind): Promise<readonly ObjectTypes[Kind][]> =>
    (await api.listObjects(kind, { where }, page)).items;
  const [runs, flows, deployments, artifacts, byId, named] = await Promise.all([
    api.listFlowRunRows({ nameContains: text }, "created-desc", page),
    ofKind("flow"),
    api.listObjects("deployment", { where: deploymentsCalled(text) }, page),
    api.listArtifactRows({ where: { all: [{ newestOf: "key" }, { field: "key", contains: text }] } }, page),
    /^[\da-f-]{4,36}$/i.test(text) ? findById(text).catch(() => null) : null,
    // One that cannot be read hides none of the others.
    Promise.all(cut.map(async (kind) => toNamed(kind, await ofKind(kind).catch(() => [])))),
  ]);
  return {
    byId,
    runs: runs.items,
    flows,
    deployments: deployments.items,
    artifactKeys: artifacts.items.flatMap(({ key }) => key ?? []),
    named: named.flat(),
  };
}
