import { randomUUID } from "node:crypto";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createEventDescriber } from "../../../contract/event-facts.ts";
import { type CountedSource, countByWhatIsEqual, countOverTime } from "../count-events.ts";
import { eventFilter } from "../schemas/events.ts";
import { toPrefectTime } from "../times.ts";
import { eventHandlers } from "./events.ts";
import { type OverHttp, serveOverHttp } from "./over-http.testsuite.ts";

let server: OverHttp;

beforeEach(async () => {
  server = await serveOverHttp(eventHandlers);
});
afterEach(() => server.close());

const second = 1000;

function anEvent(event: string, more: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    id: randomUUID(),
    occurred: toPrefectTime(server.clock.now() - 10 * second),
    event,
    resource: { "prefect.resource.id": "shop.1", "prefect.resource.name": "Shop" },
    related: [],
    payload: {},
    ...more,
  };
}

const emit = (...events: readonly Record<string, unknown>[]) => server.ask("createEvents", { body: events });

async function find(filter: Record<string, unknown> | null, limit = 50): Promise<readonly string[]> {
  const { body } = await server.ask("readEvents", { body: { filter, limit } });
  return body.events.map(({ event }: { readonly event: string }) => event);
}

test("a filter that lists more than is compared with each event is refused", async () => {
  const names = (count: number): readonly string[] => Array.from({ length: count }, (_, nth) => `name ${nth}`);
  await emit(anEvent("name 7"));
  expect(await find({ event: { name: names(900) }, resource: { id_prefix: names(60).with(0, "shop.") } })).toEqual([
    "name 7",
  ]);
  expect(await find({ event: { name: names(900), prefix: names(60) } })).toEqual(["name 7"]);
  for (const event of [{ name: names(1001) }, { prefix: names(67) }, { exclude_prefix: names(67) }]) {
    const { status, body } = await server.ask("readEvents", { body: { filter: { event } } });
    expect([status, JSON.stringify(body)]).toEqual([422, expect.stringContaining("lists more than")]);
  }
});

test("an event that is sent is read as it was, and once however often it is sent", async () => {
  const event = anEvent("order.placed", {
    resource: { "prefect.resource.id": "shop.1", id: "own", "prefect.x": "y" },
    related: [{ "prefect.resource.id": "prefect.flow.1", "prefect.resource.role": "flow", colour: "red" }],
    payload: { n: 1, deep: { list: [1, "é"] } },
    follows: randomUUID(),
  });
  expect((await emit(event)).status).toBe(204);
  await emit(event);
  const { body } = await server.ask("readEvents", { body: {} });
  expect(body).toEqual({ events: [{ ...event, received: event.occurred }], total: 1, next_page: null });
});

test("an event without a resource's id is refused", async () => {
  const { status } = await emit(anEvent("x", { resource: { "prefect.resource.name": "nameless" } }));
  expect(status).toBe(422);
});

describe("filters", () => {
  beforeEach(async () => {
    await emit(
      anEvent("order.placed", { payload: { note: "Urgent delivery" } }),
      anEvent("order.paid", {
        resource: { "prefect.resource.id": "shop.2", kind: "small" },
        related: [
          { "prefect.resource.id": "prefect.flow.9", "prefect.resource.role": "flow" },
          { "prefect.resource.id": "prefect.tag.a", "prefect.resource.role": "tag" },
        ],
      }),
      anEvent("prefect.worker.started", { resource: { "prefect.resource.id": "prefect.worker.w", kind: "large" } }),
    );
  });

  const all = ["prefect.worker.started", "order.paid", "order.placed"];

  test.each<[string, Record<string, unknown> | null, readonly string[]]>([
    ["none", null, all],
    ["the oldest first", { order: "ASC" }, all.toReversed()],
    ["a name", { event: { name: ["order.paid"] } }, ["order.paid"]],
    ["a prefix", { event: { prefix: ["order."] } }, ["order.paid", "order.placed"]],
    ["a prefix of ours", { event: { prefix: ["prefect.worker."] } }, ["prefect.worker.started"]],
    ["a prefix that ends within ours", { event: { prefix: ["pre"] } }, ["prefect.worker.started"]],
    ["no prefix", { event: { exclude_prefix: ["order."] } }, ["prefect.worker.started"]],
    ["no name", { event: { exclude_name: ["order.paid"] } }, ["prefect.worker.started", "order.placed"]],
    ["lists that are empty", { event: { name: [], prefix: [] }, resource: { id: [] } }, all],
    ["a resource", { resource: { id: ["prefect.worker.w"] } }, ["prefect.worker.started"]],
    ["a resource's prefix", { resource: { id_prefix: ["shop."] } }, ["order.paid", "order.placed"]],
    ["labels", { resource: { labels: { kind: "s*" } } }, ["order.paid"]],
    ["labels that must not be", { resource: { labels: { kind: ["!small"] } } }, ["prefect.worker.started"]],
    ["a related resource", { related: { id: ["prefect.flow.9"] } }, ["order.paid"]],
    ["a role", { related: { role: ["tag"] } }, ["order.paid"]],
    ["one in its role", { related: { resources_in_roles: [["prefect.flow.9", "flow"]] } }, ["order.paid"]],
    ["one in another role", { related: { resources_in_roles: [["prefect.flow.9", "tag"]] } }, []],
    ["several related", { related: [{ role: ["tag"] }, { id: ["prefect.flow.9"] }] }, ["order.paid"]],
    ["any resource", { any_resource: { id_prefix: ["prefect."] } }, ["prefect.worker.started", "order.paid"]],
    ["words", { text: { query: "urgent worker" } }, ["prefect.worker.started", "order.placed"]],
    ["words that must not be there", { text: { query: "order -urgent" } }, ["order.paid"]],
    ["one of each resource", { resource: { distinct: true, id_prefix: ["shop"] } }, ["order.paid", "order.placed"]],
  ])("%s", async (_, filter, expected) => {
    expect(await find(filter)).toEqual(expected);
  });

  test("times", async () => {
    const now = server.clock.now();
    await emit(anEvent("old", { occurred: toPrefectTime(now - 3600 * second) }));
    expect(await find({ occurred: { until: toPrefectTime(now - 60 * second) } })).toEqual(["old"]);
    expect(await find({ occurred: { since: toPrefectTime(now - 60 * second) } })).toEqual(all);
    await emit(anEvent("ancient", { occurred: toPrefectTime(now - 200 * 86_400 * second) }));
    expect(await find(null)).toEqual([...all, "old"]);
  });
});

test("pages lead to each other, and hold what was there when the first was read", async () => {
  await emit(...Array.from({ length: 12 }, (_, index) => anEvent(`number.${index}`)));
  const read: string[] = [];
  let { body } = await server.ask("readEvents", { body: { filter: { event: { prefix: ["number."] } }, limit: 5 } });
  await emit(anEvent("number.late", { occurred: toPrefectTime(server.clock.now() + second) }));
  for (;;) {
    expect(body.total).toBe(12);
    read.push(...body.events.map(({ event }: { readonly event: string }) => event));
    if (body.next_page === null) break;
    const token = new URL(body.next_page).searchParams.get("page-token") ?? "";
    ({ body } = await server.ask("readAccountEventsPage", { query: { "page-token": token } }));
  }
  expect(read).toEqual(Array.from({ length: 12 }, (_, index) => `number.${11 - index}`));
});

test("pages of distinct resources have each once", async () => {
  const of = (id: number) => anEvent("x", { resource: { "prefect.resource.id": `shop.${id}` } });
  await emit(of(1), of(2), of(1), of(3), of(2));
  const filter = { resource: { distinct: true } };
  const first = await server.ask("readEvents", { body: { filter, limit: 2 } });
  const token = new URL(first.body.next_page ?? "").searchParams.get("page-token") ?? "";
  const second_ = await server.ask("readAccountEventsPage", { query: { "page-token": token } });
  const ids = [...first.body.events, ...second_.body.events].map(({ resource }) => resource["prefect.resource.id"]);
  expect(ids).toEqual(["shop.2", "shop.3", "shop.1"]);
  expect(second_.body.next_page).toBeNull();
});

test("what is no token leads nowhere", async () => {
  const { status } = await server.ask("readAccountEventsPage", { query: { "page-token": "bm9uZQ" } });
  expect(status).toBe(403);
});

describe("counts", () => {
  const count = async (countable: string, body: Record<string, unknown>) =>
    server.ask("countAccountEvents", { params: { countable }, body });

  test("by name and by resource, the most frequent first", async () => {
    await emit(anEvent("a"), anEvent("b", { resource: { "prefect.resource.id": "x" } }), anEvent("b"));
    const byName = await count("event", { filter: {} });
    expect(byName.body.map(({ value, count: n }: { value: string; count: number }) => [value, n])).toEqual([
      ["b", 2],
      ["a", 1],
    ]);
    const byResource = await count("resource", { filter: { event: { exclude_name: ["none"] } } });
    expect(byResource.body.map(({ value, label, count: n }: Record<string, unknown>) => [value, label, n])).toEqual([
      ["shop.1", "Shop", 2],
      ["x", "x", 1],
    ]);
  });

  test("and totals are of all that there are, however many", async () => {
    const many = 20_500;
    const at = server.clock.now() - second;
    for (let made = 0; made < many; made += 4100) {
      const events = Array.from({ length: 4100 }, () => {
        const labels = { id: "shop.9", name: "Ninth" };
        return {
          id: randomUUID(),
          name: "sold",
          at,
          flowRunId: null,
          taskRunId: null,
          resource: labels,
          payload: null,
        };
      });
      await server.api.record({ processId: "p", events });
    }
    const filter = { event: { name: ["sold"] }, occurred: { since: toPrefectTime(at - second) } };
    const { body } = await server.ask("readEvents", { body: { filter, limit: 1 } });
    expect([body.events.length, body.total]).toEqual([1, many]);
    const [byName] = (await count("event", { filter })).body;
    expect(byName).toMatchObject({ value: "sold", label: "sold", count: many });
    const [byResource] = (await count("resource", { filter })).body;
    expect(byResource).toMatchObject({ value: "shop.9", label: "Ninth", count: many });
    const overTime = (await count("time", { filter, time_unit: "hour" })).body;
    expect(overTime.reduce((sum: number, each: { count: number }) => sum + each.count, 0)).toBe(many);
    expect(body).not.toHaveProperty("total_is_at_least");
    // What the ledger does not know is looked for in so many events, and where there are more it is said.
    const byLabel = { ...filter, resource: { labels: { "prefect.resource.name": "N*" } } };
    const looked = await server.ask("readEvents", { body: { filter: byLabel, limit: 1 } });
    expect(looked.body).toMatchObject({ total: 20_000, total_is_at_least: true });
    // A page of distinct resources that looked at so many leads on.
    const pages: number[] = [];
    const distinct = { body: { filter: { ...filter, resource: { distinct: true } } } };
    let { body: page } = await server.ask("readEvents", distinct);
    for (;;) {
      pages.push(page.events.length);
      if (page.next_page === null) break;
      const token = new URL(page.next_page).searchParams.get("page-token") ?? "";
      ({ body: page } = await server.ask("readAccountEventsPage", { query: { "page-token": token } }));
    }
    expect(pages).toEqual([1, 0]);
  });

  test("are refused where there are more events than are looked at one by one", async () => {
    const { api, clock } = server;
    const counted: CountedSource = { api, describer: createEventDescriber({ api, clock }), lookedAtForCounts: 500 };
    const at = clock.now() - second;
    const filter = eventFilter.parse({
      resource: { labels: { "prefect.resource.name": "Shop" } },
      occurred: { since: toPrefectTime(at - second), until: toPrefectTime(clock.now()) },
    });
    await emit(...Array.from({ length: 500 }, () => anEvent("sold", { occurred: toPrefectTime(at) })));
    const [byName] = await countByWhatIsEqual(counted, filter, "name");
    expect(byName).toMatchObject({ value: "sold", count: 500 });
    await emit(anEvent("sold", { occurred: toPrefectTime(at) }));
    const spans = { firstIndex: 0, spanMs: 1000, count: 1 };
    for (const refused of [countByWhatIsEqual(counted, filter, "resource"), countOverTime(counted, filter, spans)]) {
      await expect(refused).rejects.toMatchObject({
        status: 422,
        message: expect.stringMatching(/^More than 500 events/),
      });
    }
  });

  test("by time, also where there is nothing", async () => {
    const now = server.clock.now();
    const minute = 60 * second;
    const start = now - (now % minute);
    const at = (ms: number) => anEvent("x", { occurred: toPrefectTime(ms) });
    await emit(at(start - 3 * minute), at(start - 3 * minute + 1), at(start - minute));
    const occurred = { since: toPrefectTime(start - 3 * minute), until: toPrefectTime(start) };
    const { body } = await count("time", { filter: { occurred }, time_unit: "minute" });
    expect(body.map((each: Record<string, unknown>) => each.count)).toEqual([2, 0, 1]);
    expect(body[0]).toEqual({
      value: "0",
      label: toPrefectTime(start - 3 * minute),
      count: 2,
      start_time: toPrefectTime(start - 3 * minute),
      end_time: toPrefectTime(start - 2 * minute - 0.001),
    });
  });

  test("in too many spans are refused", async () => {
    expect(await count("time", { filter: {}, time_unit: "second" })).toMatchObject({
      status: 422,
      body: { detail: expect.stringContaining("too many") },
    });
  });

  test("by day go back as far as events are looked for", async () => {
    await emit(anEvent("x"));
    const { body } = await count("day", { filter: {} });
    expect(body.length).toBeGreaterThanOrEqual(181);
    expect(body.at(-1)?.count).toBe(1);
  });
});
