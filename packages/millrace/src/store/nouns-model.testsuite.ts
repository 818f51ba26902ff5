/**
 * Random commands on the nouns that people make (deployments, schedules, pools, queues, workers, blocks, limits and their
 * leases, variables, automations) and on secrets, done by a store and by a model of it: after each, both must say the same.
 */

import { deepEqual, equal } from "node:assert/strict";
import fc from "fast-check";
import { expect, test } from "vitest";
import type { AnyObject, ConcurrencyLimit, ObjectKind, SlotLease } from "../contract/objects.ts";
import type { Condition } from "../contract/query.ts";
import type { Store } from "../contract/store.ts";
import { uuidFromHash } from "../kit/ids.ts";
import { subjects } from "./sql/subjects.ts";
import type { MakeLedger } from "./suite/ledger.testsuite.ts";
import { compare, NounsModel } from "./suite/nouns-model.testsuite.ts";
import { anEvent, readAll, startAt } from "./suite/samples.testsuite.ts";

/** Few by day; as many as elsewhere at night. */
const factor = Number(process.env.MILLRACE_PROPERTY_FACTOR ?? 1);
const cases = Math.max(1, Math.round((factor === 1 ? 25 : 100) * factor));
const caseTimeoutMs = 1_000;

type Command = fc.AsyncCommand<NounsModel, { readonly store: Store }>;

// Few ids, names and times, so that they meet.
const ids = Array.from({ length: 5 }, (_, index) => uuidFromHash(`noun ${index}`));
const id = fc.constantFrom(...ids);
const name = fc.constantFrom("alpha", "Beta", "alphabet", "50%_off");
const flag = fc.boolean();
const time = fc.integer({ min: 0, max: 8 }).map((eighths) => startAt + eighths / 8);
const small = fc.integer({ min: 0, max: 4 });
const tags = fc.subarray(["nightly", "eu", "'\"%"]);
const orNull = <T>(values: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(values, { nil: null });
/** Strict equality is of prototypes too. */
const plain = { noNullPrototype: true } as const;

const base = { id, revision: fc.constant(1), createdAt: time, updatedAt: time };
/** Fields that are in no column. */
const body = { description: orNull(fc.string({ unit: "binary", maxLength: 6 }).map((text) => text.toWellFormed())) };

/** What is made of each kind: all fields that have columns, and some that have none. */
const made = {
  deployment: {
    flowId: id,
    flowName: name,
    name,
    paused: flag,
    tags,
    workPoolId: orNull(id),
    workQueueId: orNull(id),
    concurrencyLimit: orNull(small),
    polledAt: orNull(time),
    ...body,
  },
  schedule: {
    deploymentId: id,
    slug: orNull(name),
    active: flag,
    nextAt: orNull(time),
    spec: fc.constant({ cron: "@daily" }),
  },
  "work-pool": { name, type: fc.constantFrom("process", "docker"), paused: flag, ...body },
  "work-queue": { workPoolId: id, name, priority: small, paused: flag, polledAt: orNull(time), ...body },
  worker: { workPoolId: id, name, heartbeatAt: time },
  "block-type": { slug: name, name, ...body },
  "block-schema": { blockTypeId: id, checksum: name, schemaVersion: fc.constantFrom("1", "2"), capabilities: tags },
  "block-document": { blockTypeId: id, blockSchemaId: id, name, anonymous: flag, sealed: name },
  "concurrency-limit": {
    name,
    active: flag,
    slots: small,
    taken: small,
    takenAt: time,
    decayPerSecond: small.map((tenths) => tenths / 10),
    denied: small.map((quarters) => quarters / 4),
  },
  "slot-lease": { expiresAt: time, holder: name, limitIds: fc.subarray(ids), slots: small },
  variable: { name, value: name.map((text) => JSON.stringify(text)), tags },
  automation: { name, enabled: flag, tags, owner: orNull(name), ...body },
} as const satisfies Readonly<Partial<Record<ObjectKind, Readonly<Record<string, fc.Arbitrary<unknown>>>>>>;

type Kind = keyof typeof made;
const kinds = Object.keys(made) as readonly Kind[];
const kind = fc.constantFrom(...kinds);

const objectOf = (of: Kind): fc.Arbitrary<AnyObject> =>
  fc.record(
    { ...base, ...made[of] } as Record<string, fc.Arbitrary<unknown>>,
    plain,
  ) as unknown as fc.Arbitrary<AnyObject>;

/** A condition of each form that a field of its type can have. */
function onField(of: Kind, field: string): fc.Arbitrary<Condition> {
  const type = subjects[of].fields[field]?.type;
  const isNull = flag.map((is): Condition => ({ field, isNull: is }));
  if (type === "list") {
    return fc.oneof(
      isNull,
      tags.map((hasAll): Condition => ({ field, hasAll })),
      tags.map((hasAny): Condition => ({ field, hasAny })),
    );
  }
  const values: fc.Arbitrary<string | number | boolean> =
    type === "uuid" ? id : type === "text" ? name : type === "boolean" ? flag : fc.oneof(time, small);
  const lists = fc.array(values, { maxLength: 3 });
  const among = fc.oneof(
    isNull,
    lists.map((list): Condition => ({ field, in: list })),
    lists.map((list): Condition => ({ field, notIn: list })),
  );
  switch (type) {
    case "text":
      return fc.oneof(
        among,
        fc.constantFrom("ALPHA", "%", "_", "bet").map((contains): Condition => ({ field, contains })),
        fc.constantFrom("alp", "50%", "B").map((startsWith): Condition => ({ field, startsWith })),
        fc.constant<Condition>({ newestOf: field }),
      );
    case "number": {
      const bound = fc.oneof(time, small);
      const bounds = fc.record({ atLeast: bound, atMost: bound, above: bound, below: bound }, { requiredKeys: [] });
      return fc.oneof(
        among,
        bounds.map((given): Condition => ({ field, ...given })),
      );
    }
    case "uuid":
      return fc.oneof(
        among,
        fc.tuple(id, small).map(([text, length]): Condition => ({ field, startsWith: text.slice(0, length) })),
        fc.constant<Condition>({ newestOf: field }),
      );
    default:
      return among;
  }
}

function simple(of: Kind): fc.Arbitrary<Condition> {
  return fc.constantFrom(...Object.keys(subjects[of].fields)).chain((field) => onField(of, field));
}

function conditionOf(of: Kind): fc.Arbitrary<Condition> {
  const related = kinds.filter((other) => subjects[of].relations[other] !== undefined);
  const leaves =
    related.length === 0
      ? simple(of)
      : fc.oneof(
          simple(of),
          fc
            .constantFrom(...related)
            .chain((other) => simple(other).map((where): Condition => ({ related: other, where }))),
        );
  const some = fc.array(leaves, { maxLength: 3 });
  return fc.oneof(
    leaves,
    leaves.map((not): Condition => ({ not })),
    some.map((all): Condition => ({ all })),
    some.map((any): Condition => ({ any })),
  );
}

/** A command from what it does, which says what went in and compares what came out. */
function command(words: string, run: (model: NounsModel, store: Store) => Promise<void>): Command {
  return { check: () => true, run: (model, { store }) => run(model, store), toString: () => words };
}

let events = 0;
const eventOf = (isTold: boolean): ReturnType<typeof anEvent> | null =>
  isTold ? anEvent({ name: `told ${++events}` }) : null;

const insertion = kind.chain((of) =>
  fc.record({ object: objectOf(of), isTold: flag }).map(({ object, isTold }) =>
    command(`insert ${of} ${fc.stringify(object)}`, async (model, store) => {
      // An id of its own is what tells of a new object; that of another is only refused.
      const event = eventOf(isTold && model.read(of, object.id) === undefined);
      deepEqual(await store.insertObject(of, object as never, event), model.insert(of, object, event?.name ?? null));
      deepEqual(
        await store.readObjects(of, ids),
        ids.flatMap((each) => model.read(of, each) ?? []),
      );
    }),
  ),
);

const replacement = kind.chain((of) =>
  fc.record({ object: objectOf(of), isTold: flag, ahead: fc.constantFrom(1, 1, 1, 0, 2) }).map((given) =>
    command(`replace ${of} ${fc.stringify(given)}`, async (model, store) => {
      const { object, isTold, ahead } = given;
      const next = { ...object, revision: (model.read(of, object.id)?.revision ?? 1) + ahead };
      const event = eventOf(isTold);
      equal(await store.replaceObject(of, next as never, event), model.replace(of, next, event?.name ?? null));
    }),
  ),
);

const deletion = fc.tuple(kind, id, flag).map(([of, which, isTold]) =>
  command(`delete ${of} ${which}`, async (model, store) => {
    const event = eventOf(isTold);
    equal(await store.deleteObject(of, which, event), model.delete(of, which, event?.name ?? null));
  }),
);

const list = kind.chain((of) =>
  fc
    .record({
      where: conditionOf(of),
      sort: fc.option(
        fc.record({
          field: fc.constantFrom("id", "createdAt", "updatedAt", "revision"),
          direction: fc.constantFrom("asc" as const, "desc" as const),
        }),
        { nil: undefined },
      ),
      by: fc.constantFrom(
        ...Object.entries(subjects[of].fields).flatMap(([field, { type }]) => (type === "list" ? [] : [field])),
      ),
      limit: fc.integer({ min: 1, max: 4 }),
    })
    .map((given) =>
      command(`find ${of} ${fc.stringify(given)}`, async (model, store) => {
        const { where, sort, by, limit } = given;
        const query = sort === undefined ? { where } : { where, sort };
        const { items } = await readAll((page) => store.findObjects(of, query, page), limit);
        const expected = model.find(of, where, sort);
        deepEqual(items, expected);
        equal(await store.count(of, where), expected.length);
        const inOrder = (counts: readonly { value: unknown; count: number }[]): readonly unknown[] =>
          counts.map(({ value, count }) => `${count} ${String(value)}`).toSorted();
        deepEqual(inOrder(await store.countBy(of, by, where)), inOrder(model.countBy(of, by, where)));
      }),
    ),
);

const marking = fc
  .record({
    of: fc.constantFrom("deployment" as const, "work-queue" as const, "worker" as const),
    marked: fc.subarray(ids),
    at: time,
    unlessSince: time,
  })
  .map(({ of, marked, at, unlessSince }) =>
    command(`mark ${of} ${fc.stringify(marked)}`, async (model, store) => {
      equal(await store.markPolled(of, { ids: marked, at, unlessSince }), model.mark(of, marked, at, unlessSince));
    }),
  );

const slots = fc
  .record({
    names: fc.uniqueArray(name, { maxLength: 3 }),
    lease: objectOf("slot-lease") as fc.Arbitrary<AnyObject>,
    takes: small,
    does: fc.constantFrom("take", "take", "renew", "end", "expire"),
    at: time,
  })
  .map(({ names, lease: given, takes, does, at }) =>
    command(`${does} slots ${fc.stringify(names)}`, async (model, store) => {
      const lease = given as SlotLease;
      const further = (limit: ConcurrencyLimit, by: number): ConcurrencyLimit => ({
        ...limit,
        revision: limit.revision + 1,
        taken: limit.taken + by,
      });
      if (does === "take") {
        const limits = model.limits((limit) => (names as readonly string[]).includes(limit.name));
        const known = model.read("slot-lease", lease.id) ?? null;
        const outcome = await store.changeLimits(
          names,
          (read, readLease) => {
            deepEqual([read, readLease], [limits, known]);
            return { changed: read.map((limit) => further(limit, takes)), lease, outcome: takes };
          },
          lease.id,
        );
        equal(outcome, takes);
        for (const limit of limits) model.replace("concurrency-limit", further(limit, takes), null);
        model.insert("slot-lease", lease, null);
      } else if (does === "renew") {
        equal(await store.renewSlotLease(lease.id, at), model.renewLease(lease.id, at));
      } else {
        const expiredAt = does === "expire" ? { expiredAt: at } : {};
        const ended = model.endLease(lease.id, does === "expire" ? at : undefined);
        const limits = model.limits((limit) => ended?.limitIds.includes(limit.id) === true);
        const settle = (read: SlotLease, ofLease: readonly ConcurrencyLimit[]): readonly ConcurrencyLimit[] => {
          deepEqual([read, ofLease], [ended, limits]);
          return ofLease.map((limit) => further(limit, -read.slots));
        };
        equal(await store.endSlotLease({ id: lease.id, ...expiredAt, settle }), ended !== null);
        for (const limit of limits) model.replace("concurrency-limit", further(limit, -(ended?.slots ?? 0)), null);
      }
    }),
  );

const secret = fc
  .record({
    name,
    sealed: fc.constantFrom("s1", "s2"),
    to: fc.constantFrom("s1", "s2"),
    at: time,
    does: fc.constantFrom("write", "write", "delete", "reseal"),
    isTold: flag,
  })
  .map((given) =>
    command(`${given.does} secret ${given.name}`, async (model, store) => {
      const { does, to, isTold, at, ...named } = given;
      const event = eventOf(isTold) ?? undefined;
      const known = model.secrets.get(named.name);
      const tell = (): void => {
        if (event !== undefined) model.events.push(event.name);
      };
      if (does === "write") {
        await store.writeSecret({ ...named, at }, event);
        model.secrets.set(named.name, { ...named, createdAt: known?.createdAt ?? at, updatedAt: at });
        tell();
      } else if (does === "delete") {
        equal(await store.deleteSecret(named.name, event), known !== undefined);
        if (known !== undefined) tell();
        model.secrets.delete(named.name);
      } else {
        const isAsRead = known?.sealed === named.sealed;
        equal(await store.resealSecret({ name: named.name, from: named.sealed, to }), isAsRead);
        if (known !== undefined && isAsRead) model.secrets.set(named.name, { ...known, sealed: to });
      }
      const byName = [...model.secrets.values()].toSorted((a, b) => compare(a.name, b.name));
      deepEqual(await store.findSealedSecrets(null, 10), byName);
      deepEqual(await store.findSealedSecrets("Beta", 1), byName.filter((each) => each.name > "Beta").slice(0, 1));
      deepEqual(await store.readSecret(named.name), model.secrets.get(named.name) ?? null);
      deepEqual(
        await store.findSecrets(),
        byName.map(({ name: own, createdAt, updatedAt }) => ({ name: own, createdAt, updatedAt })),
      );
    }),
  );

/** Everything that is there, however it got there. */
async function compareAll(model: NounsModel, store: Store): Promise<void> {
  for (const of of kinds) deepEqual((await store.findObjects(of, { where: { all: [] } }, {})).items, model.rows(of));
  const { items } = await store.findEvents({}, { limit: 10_000 });
  deepEqual(
    items.map((event) => event.name),
    model.events,
  );
}

export function testNounsAgainstModel(makeLedger: MakeLedger): void {
  test(
    "does with the nouns that people make what its model does",
    async () => {
      const commands = fc.commands(
        [
          insertion,
          insertion,
          insertion,
          replacement,
          replacement,
          deletion,
          list,
          list,
          marking,
          slots,
          slots,
          secret,
        ],
        { maxCommands: 40, size: "max" },
      );
      const ledger = await makeLedger();
      const store = await ledger.open();
      const holds = fc.assert(
        fc
          .asyncProperty(commands, async (given) => {
            const model = new NounsModel();
            await fc.asyncModelRun(() => ({ model, real: { store } }), given);
            await compareAll(model, store);
          })
          .beforeEach(() => ledger.clear()),
        { numRuns: cases },
      );
      await expect(holds).resolves.toBeUndefined();
      await store.close();
      await ledger.remove();
    },
    30_000 + cases * caseTimeoutMs,
  );
}
