import { describe, expect, test } from "vitest";
import { type Artifact, type LogLine, maxEventBeginnings } from "../../contract/records.ts";
import type { DeletedEvents } from "../../contract/store.ts";
import { uuidv7 } from "../../kit/ids.ts";
import { type MakeLedger, useStore } from "./ledger.testsuite.ts";
import {
  aFlowRun,
  aLogLine,
  anArtifact,
  anEvent,
  aState,
  aTaskRun,
  aTransition,
  create,
  readAll,
  record,
  startAt,
} from "./samples.testsuite.ts";

export function testTraces(makeLedger: MakeLedger): void {
  describe("logs", () => {
    const used = useStore(makeLedger);

    test("keep all that is given, in the order recorded", async () => {
      const run = await create(used.store);
      const lines = [
        aLogLine(run.id, "first", { at: startAt + 5 }),
        aLogLine(run.id, "second", { taskRunId: uuidv7(), attempt: 2, level: "fatal", fields: '{"rows":3}' }),
        aLogLine(run.id, "third", { logger: "console", level: "trace" }),
      ];
      await record(used.store, { logs: lines });
      const { items } = await used.store.findLogs({ flowRunIds: [run.id] }, {});
      expect(items).toEqual(lines.map((line) => ({ ...line, seq: expect.any(Number) })));
      expect(items.map(({ seq }) => seq)).toEqual(items.map(({ seq }) => seq).toSorted((a, b) => a - b));
    });

    test("of a stale owner are refused, and those of the owner and of others are kept", async () => {
      const run = await create(used.store, { ownerId: uuidv7() });
      const claim = { ...aTransition(run, aState("RUNNING", startAt + 1)), claimFor: uuidv7() };
      await record(used.store, { transitions: [claim] });
      const by = (message: string, epoch?: number): LogLine =>
        aLogLine(run.id, message, epoch === undefined ? {} : { epoch });
      const artifact = (key: string, epoch: number): Artifact => anArtifact(run.id, { key, epoch });
      const artifacts = [artifact("stale", run.epoch), artifact("owner", run.epoch + 1)];
      const about = artifacts.map(({ id, key }) =>
        anEvent({ name: `${key} wrote`, flowRunId: run.id, artifactId: id }),
      );
      const outcome = await record(used.store, {
        logs: [by("stale", run.epoch), by("owner", run.epoch + 1), by("somebody")],
        artifacts,
        events: [
          anEvent({ name: "before", flowRunId: run.id }),
          ...about,
          anEvent({ name: "after", flowRunId: run.id }),
        ],
      });
      expect(outcome.stale).toEqual([run.id]);
      const of = { flowRunIds: [run.id] };
      expect((await used.store.findLogs(of, {})).items.map(({ message }) => message)).toEqual(["owner", "somebody"]);
      expect((await used.store.findArtifacts(of, {})).items.map(({ key }) => key)).toEqual(["owner"]);
      const told = (await used.store.findEvents(of, {})).items.map(({ name }) => name);
      expect(told.slice(-3)).toEqual(["before", "owner wrote", "after"]);
      expect(told).not.toContain("stale wrote");
    });

    test("are found by each filter, and in pages of any size", async () => {
      const run = await create(used.store);
      const taskRunId = uuidv7();
      const of = { flowRunIds: [run.id] };
      await record(used.store, {
        logs: [
          aLogLine(run.id, "Loaded 100% of rows", { level: "debug" }),
          aLogLine(run.id, "trained_model", { level: "warn", taskRunId }),
          aLogLine(run.id, "trainedXmodel", { level: "error" }),
          aLogLine(null, "outside", { taskRunId }),
        ],
      });
      const found = async (filter: Parameters<typeof used.store.findLogs>[0]): Promise<string> =>
        (await used.store.findLogs(filter, {})).items.map(({ message }) => message).join("; ");
      expect(await found({ taskRunIds: [taskRunId] })).toBe("trained_model; outside");
      expect(await found({ ...of, taskRunIds: [taskRunId] })).toBe("trained_model");
      expect(await found({ ...of, minLevel: "warn" })).toBe("trained_model; trainedXmodel");
      expect(await found({ ...of, minLevel: "fatal" })).toBe("");
      expect(await found({ ...of, contains: "LOADED 100%" })).toBe("Loaded 100% of rows");
      expect(await found({ ...of, contains: "0% of" })).toBe("Loaded 100% of rows");
      expect(await found({ ...of, contains: "d_m" })).toBe("trained_model");
      expect(await found({ ...of, contains: "\\" })).toBe("");
      expect(await found({ ...of, contains: "" })).toBe("Loaded 100% of rows; trained_model; trainedXmodel");
      const { items } = await used.store.findLogs(of, {});
      expect(await found({ ...of, afterSeq: items[1]?.seq ?? 0 })).toBe("trainedXmodel");
      for (const limit of [1, 2, 3]) {
        const all = await readAll((page) => used.store.findLogs(of, page), limit);
        expect(all.items).toEqual(items);
      }
    });

    test("of a run that is gone are refused and named", async () => {
      const run = await create(used.store);
      const gone = uuidv7();
      const { stale } = await record(used.store, { logs: [aLogLine(gone, "lost"), aLogLine(run.id, "kept")] });
      expect(stale).toEqual([gone]);
      expect(
        (await used.store.findLogs({ flowRunIds: [gone, run.id] }, {})).items.map(({ message }) => message),
      ).toEqual(["kept"]);
    });

    test("get numbers that rise, also after the newest were deleted", async () => {
      const run = await create(used.store);
      await record(used.store, { logs: [aLogLine(run.id, "deleted")] });
      const [deleted] = (await used.store.findLogs({ flowRunIds: [run.id] }, {})).items;
      await used.store.deleteFlowRun(run.id);
      const next = await create(used.store);
      await record(used.store, { logs: [aLogLine(next.id, "next")] });
      const found = await used.store.findLogs({ afterSeq: deleted?.seq ?? Number.NaN }, {});
      expect(found.items.map(({ message }) => message)).toEqual(["next"]);
    });
  });

  describe("artifacts", () => {
    const used = useStore(makeLedger);

    test("are kept, and overwritten by a newer state of the same id", async () => {
      const run = await create(used.store);
      const first = anArtifact(run.id, { kind: "progress", data: "10", key: "load" });
      const second = { ...first, data: "20", description: "half", createdAt: startAt + 9, updatedAt: startAt + 9 };
      await record(used.store, { artifacts: [first] });
      expect((await used.store.findArtifacts({ ids: [first.id] }, {})).items).toEqual([first]);
      await record(used.store, { artifacts: [second] });
      const { items } = await used.store.findArtifacts({ ids: [first.id] }, {});
      expect(items).toEqual([{ ...second, createdAt: startAt }]);
    });

    test("of one id twice in a batch are the later one", async () => {
      const artifact = anArtifact(null);
      await record(used.store, { artifacts: [artifact, { ...artifact, data: "2" }] });
      expect((await used.store.findArtifacts({ ids: [artifact.id] }, {})).items).toEqual([{ ...artifact, data: "2" }]);
    });

    test("are found by each filter, the newest of each key if asked", async () => {
      const run = await create(used.store);
      const taskRunId = uuidv7();
      const report = anArtifact(run.id, { key: "report", data: "1" });
      const newer = anArtifact(null, { key: "report", data: "2", taskRunId });
      const alone = anArtifact(run.id, { kind: "table", data: "3", description: "Sales of May" });
      await record(used.store, { artifacts: [report, newer, alone] });
      const of = { ids: [report.id, newer.id, alone.id] };
      const found = async (filter: Parameters<typeof used.store.findArtifacts>[0]): Promise<string> =>
        (await used.store.findArtifacts({ ...of, ...filter }, {})).items.map(({ data }) => data).join("");
      expect(await found({})).toBe("123");
      expect(await found({ idPrefix: newer.id })).toBe("2");
      expect(await found({ keys: ["report"] })).toBe("12");
      expect(await found({ kinds: ["table", "chart"] })).toBe("3");
      expect(await found({ flowRunIds: [run.id] })).toBe("13");
      expect(await found({ taskRunIds: [taskRunId] })).toBe("2");
      expect(await found({ where: { field: "description", contains: "sales" } })).toBe("3");
      expect(await found({ latestOnly: true })).toBe("23");
      expect(await found({ latestOnly: true, flowRunIds: [run.id] })).toBe("3");
      const all = await readAll((page) => used.store.findArtifacts(of, page), 2);
      expect(all.items.map(({ data }) => data).join("")).toBe("123");
    });

    test("as rows have only the start of what they hold, and say how long it is", async () => {
      const long = `"${"\u{1f600}".repeat(50_000)}"`;
      const texts = [anArtifact(null, { description: "\u{1f600}".repeat(5000), data: long }), anArtifact(null)];
      const numbers = anArtifact(null, { kind: "progress", data: '{"value":0.5}', key: "numbers" });
      await record(used.store, { artifacts: [...texts, numbers] });
      const ids = [...texts, numbers].map(({ id }) => id);
      const { items } = await readAll((page) => used.store.findArtifactRows({ ids }, page), 2);
      expect(items.map(({ id }) => id)).toEqual(ids);
      expect(items[0]).toMatchObject({
        description: `${"\u{1f600}".repeat(149)}…`,
        preview: `"${"\u{1f600}".repeat(199)}`,
        sizeBytes: 200_002,
      });
      const { data, ...rest } = numbers;
      expect(items[2]).toEqual({ ...rest, preview: data, sizeBytes: data.length });
      expect((await used.store.findArtifactRows({ kinds: ["progress"], ids }, {})).items).toEqual([items[2]]);
    });

    test("are deleted once, and refused where the run is gone", async () => {
      const artifact = anArtifact(null);
      await record(used.store, { artifacts: [artifact] });
      expect(await used.store.deleteArtifact(artifact.id)).toBe(true);
      expect(await used.store.deleteArtifact(artifact.id)).toBe(false);
      expect(await used.store.deleteArtifact("no id")).toBe(false);
      const gone = uuidv7();
      const lost = anArtifact(gone);
      const about = anEvent({ artifactId: lost.id });
      expect((await record(used.store, { artifacts: [lost], events: [about] })).stale).toEqual([gone]);
      expect((await used.store.findArtifacts({ ids: [lost.id] }, {})).items).toEqual([]);
      expect((await used.store.findEvents({ ids: [about.id] }, {})).items).toEqual([]);
    });

    test("are told of when the last of a key is deleted, in the same write", async () => {
      const versions = [anArtifact(null, { key: "last" }), anArtifact(null, { key: "last" })];
      await record(used.store, { artifacts: versions });
      const ends = versions.map(() => anEvent({ name: "ended" }));
      const ids = ends.map(({ id }) => id);
      const told: (readonly string[])[] = [];
      for (const index of [0, 1, 1]) {
        await used.store.deleteArtifact(versions[index]?.id ?? "", ends[index]);
        told.push((await used.store.findEvents({ ids }, {})).items.map(({ id }) => id));
      }
      expect(told).toEqual([[], [ids[1]], [ids[1]]]);
    });
  });

  describe("events", () => {
    const used = useStore(makeLedger);

    test("of user code keep all that is given, once an id", async () => {
      const run = await create(used.store);
      const event = anEvent({
        flowRunId: run.id,
        taskRunId: uuidv7(),
        resource: { id: "a", b: "c" },
        payload: '{"n":1}',
      });
      await record(used.store, { events: [event] });
      await record(used.store, { events: [{ ...event, name: "again" }] });
      const { items } = await used.store.findEvents({ names: ["order.placed", "again"] }, {});
      expect(items).toEqual([{ ...event, seq: expect.any(Number) }]);
    });

    test("come in the order of the batches, and are found by each filter and in pages of any size", async () => {
      const run = await create(used.store);
      await record(used.store, { taskRuns: [aTaskRun(run.id), aTaskRun(null)] });
      await record(used.store, { events: [anEvent({ name: "millrace.custom", flowRunId: run.id })] });
      const found = async (filter: Parameters<typeof used.store.findEvents>[0]): Promise<readonly string[]> =>
        (await used.store.findEvents(filter, {})).items.map(({ name }) => name);
      const of = { flowRunIds: [run.id] };
      const names = [
        "millrace.flow-run.Pending",
        "millrace.flow-run.Running",
        "millrace.task-run.Completed",
        "millrace.custom",
      ];
      expect(await found(of)).toEqual(names);
      expect(await found({ ...of, names: ["millrace.task-run.Completed", "millrace.custom"] })).toEqual(names.slice(2));
      expect(await found({ ...of, names: ["Completed"] })).toEqual([]);
      expect(await found({ ...of, names: [] })).toEqual([]);
      const { items } = await used.store.findEvents(of, {});
      expect(await found({ ...of, afterSeq: items[1]?.seq ?? 0 })).toEqual(names.slice(2));
      for (const limit of [1, 2, 3, 4]) {
        expect((await readAll((page) => used.store.findEvents(of, page), limit)).items).toEqual(items);
      }
    });

    test("of user code that are named like those of states, or are of a run, are found by name and resource too", async () => {
      const run = await create(used.store);
      const resource = { id: `millrace.flow-run.${run.id}` };
      await record(used.store, { events: [anEvent({ name: "millrace.flow-run.heartbeat", resource })] });
      const found = async (filter: Parameters<typeof used.store.findEvents>[0]): Promise<readonly string[]> =>
        (await used.store.findEvents({ resourceIds: [resource.id], ...filter }, {})).items.map(({ name }) => name);
      const states = ["millrace.flow-run.Pending", "millrace.flow-run.Running"];
      expect(await found({})).toEqual([...states, "millrace.flow-run.heartbeat"]);
      expect(await found({ names: ["millrace.flow-run.heartbeat"] })).toEqual(["millrace.flow-run.heartbeat"]);
      expect(await found({ namePrefixes: ["millrace.flow-run.h", "millrace.flow-run.P"] })).toEqual([
        "millrace.flow-run.Pending",
        "millrace.flow-run.heartbeat",
      ]);
    });

    test("are found by very many names and resources, and by so many beginnings of them", async () => {
      const run = await create(used.store);
      await record(used.store, { events: [anEvent({ name: "name 7", resource: { id: "resource 7" } })] });
      const many = (what: string, count: number) => Array.from({ length: count }, (_, nth) => `${what} ${nth}`);
      const found = async (filter: Parameters<typeof used.store.findEvents>[0]): Promise<readonly string[]> =>
        (await used.store.findEvents(filter, {})).items.map(({ name }) => name);
      const resourceIds = [...many("resource", 5000), `millrace.flow-run.${run.id}`];
      const states = ["millrace.flow-run.Pending", "millrace.flow-run.Running"];
      expect(await found({ resourceIds })).toEqual([...states, "name 7"]);
      expect(await found({ names: many("name", 5000) })).toEqual(["name 7"]);
      const beginnings = many("n", maxEventBeginnings).with(3, "name").with(4, "m");
      const resources = many("resource", maxEventBeginnings);
      const asked = { namePrefixes: beginnings, exceptNamePrefixes: many("x", maxEventBeginnings) };
      expect(await found({ ...asked, resourceIdPrefixes: resources })).toEqual(["name 7"]);
      for (const field of ["namePrefixes", "exceptNamePrefixes", "resourceIdPrefixes"] as const)
        await expect(found({ [field]: [...beginnings, "one more"] })).rejects.toMatchObject({ code: "USAGE" });
    });

    test("have ids of their own that stay the same", async () => {
      const run = await create(used.store);
      const read = async () => (await used.store.findEvents({ flowRunIds: [run.id] }, {})).items.map(({ id }) => id);
      const ids = await read();
      expect(new Set(ids).size).toBe(2);
      expect(await read()).toEqual(ids);
    });

    test("outlive their run, with what is still known of it", async () => {
      const run = await create(used.store);
      await used.store.deleteFlowRun(run.id);
      const { items } = await used.store.findEvents({ flowRunIds: [run.id] }, {});
      expect(items.map(({ resource }) => resource)).toEqual([
        { id: `millrace.flow-run.${run.id}` },
        { id: `millrace.flow-run.${run.id}` },
      ]);
    });

    test("are all seen by a reader that follows them while many write", async () => {
      const writers = await Promise.all([used.openAnother(), used.openAnother(), used.openAnother()]);
      const [start] = (await readAll((page) => used.store.findEvents({}, page), 10_000)).items.slice(-1);
      const names: string[] = [];
      let afterSeq = start?.seq ?? 0;
      let isWriting = true;
      const follow = async (): Promise<void> => {
        const { items } = await used.store.findEvents({ afterSeq }, { limit: 1000 });
        names.push(...items.map(({ name }) => name));
        afterSeq = items.at(-1)?.seq ?? afterSeq;
      };
      const reading = (async () => {
        while (isWriting) await follow();
      })();
      await Promise.all(
        writers.map(async (store, writer) => {
          for (let index = 0; index < 40; index++) {
            await record(store, {
              events: [anEvent({ name: `${writer}.${index}` })],
              created: [aFlowRun({ states: [aState("PENDING")] })],
            });
          }
        }),
      );
      isWriting = false;
      await reading;
      await follow();
      const own = (writer: number): readonly string[] => names.filter((name) => name.startsWith(`${writer}.`));
      for (const writer of writers.keys()) {
        expect(own(writer)).toEqual(Array.from({ length: 40 }, (_, index) => `${writer}.${index}`));
      }
      expect(names).toHaveLength(240);
    });

    test("are deleted by their time, among the first of a range", async () => {
      const before = (await readAll((page) => used.store.findEvents({}, page), 1000)).items.at(-1)?.seq ?? 0;
      const ats = [1, 9, 2, 3, 8, 4];
      await record(used.store, { events: ats.map((at) => anEvent({ name: `at.${at}`, at })) });
      const found = await used.store.findEvents({ afterSeq: before }, {});
      const seqs = found.items.map(({ seq }) => seq);
      const remove = (afterSeq = before, limit = 3, belowSeq = seqs[5] ?? 0): Promise<DeletedEvents> =>
        used.store.deleteEvents({ before: 5, afterSeq, belowSeq, limit });
      expect(await remove()).toEqual({ deleted: 2, lastSeq: seqs[2] });
      expect(await remove(seqs[2])).toEqual({ deleted: 1, lastSeq: seqs[4] });
      expect(await remove(seqs[4])).toEqual({ deleted: 0, lastSeq: null });
      const left = (await used.store.findEvents({ afterSeq: before }, {})).items;
      expect(left.map(({ name }) => name)).toEqual(["at.9", "at.8", "at.4"]);
    });
  });
}
