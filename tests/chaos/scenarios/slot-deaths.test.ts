/**
 * Processes that hold slots of limits are killed at each step of taking, renewing and giving back.
 *
 * Fault: `kill -9` at a drawn point: before and after a call to the ledger, and within its transactions; most processes die once.
 * Measure: who was inside a limit at each time, by the outside ledger; the leases that are left.
 * Pass: never more inside than the limit has; what the dead held comes back with their leases, and the others go on.
 */

import { pick, randomInt } from "../../../packages/millrace/src/kit/random.ts";
import { mostAtOnce } from "../../e2e/cluster/diary.ts";
import { crashVariable } from "../fixtures/crash-point.ts";
import { fixture, type ProcessEnd, startNode } from "../processes.ts";
import type { Cluster } from "./cluster.ts";
import { turns } from "./fixtures/turnstile.ts";
import { declareScenario } from "./scenario.ts";
import { until } from "./work.ts";

const slots = 2;
/** Held together by each turn: what is taken of one and not of another must not be held. */
const limits = 20;
const processes = 4;

const points = ["takeSlots", "renewSlots", "giveBackSlots"].flatMap((call) => [
  `api.${call}:before`,
  `api.${call}:after`,
]);

async function play(cluster: Cluster): Promise<void> {
  const { random, ledger, history } = cluster;
  const opened = await ledger.open();
  const { api } = opened;
  const names = Array.from({ length: limits }, (_, n) => `limit ${n}`);
  const now = Date.now();
  const counted = { active: true, slots, taken: 0, takenAt: now, decayPerSecond: 0, denied: 0 };
  for (const name of names) await api.createObject("concurrency-limit", { name, ...counted });

  const ends: { readonly pid: number; readonly at: number; readonly end: ProcessEnd }[] = [];
  async function runOnce(env: Readonly<Record<string, string>>): Promise<ProcessEnd> {
    const all = { ...ledger.env, ...cluster.env, CHAOS_LIMITS: names.join(), ...env };
    const process = startNode([fixture("../scenarios/fixtures/turnstile.ts")], {
      env: all,
      preloads: ["install-crash-points.ts"],
    });
    const end = await process.ended;
    ends.push({ pid: process.pid, at: Date.now(), end });
    return end;
  }
  await Promise.all(
    Array.from({ length: processes }, async () => {
      const point = `${pick(random, points)}#${1 + randomInt(random, turns)}`;
      cluster.note(`a process dies at ${point}`);
      const first = await runOnce({ [crashVariable]: point });
      if (first.signal === "SIGKILL" && (await runOnce({})).code !== 0)
        history.violations.push("I10: a process that died does not come to its end when it is run again");
    }),
  );
  for (const { end } of ends) {
    if (end.signal !== "SIGKILL" && (end.code !== 0 || end.stderr !== ""))
      history.violations.push(`I12: a process ended with ${end.code}: ${end.stderr}`);
  }
  const diedAt = new Map(ends.map(({ pid, at }) => [pid, at]));
  const effects = cluster.effects();
  const spans = effects.flatMap(({ phase, call, pid, at, runId }) => {
    if (phase !== "begin") return [];
    const out = effects.find((other) => other.phase === "woke" && other.pid === pid && other.call === call);
    return [{ run: runId, pid, from: at, to: out?.at ?? diedAt.get(pid) ?? at }];
  });
  const most = mostAtOnce(spans);
  cluster.note(`${spans.length} turns, ${most} at once`);
  if (most > slots) history.violations.push(`I6: ${most} were inside a limit of ${slots}`);
  await until(async () => {
    await api.expireSlots();
    return (await api.listObjects("slot-lease")).items.length === 0;
  });
  await opened.close();
}

declareScenario({ name: "slot-deaths", title: "holders of slots that are killed", play });
