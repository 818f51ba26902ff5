/**
 * What a page may cost while very much happens: 500 updates a second, of runs that begin and end, of task runs and of lines. How
 * busy it is depends on the machine, and is printed.
 */

import { beforeAll, expect, test } from "vitest";
import { type BusyLedger, openBusyLedger } from "./harness/busy-ledger.ts";
import { print } from "./harness/figures.ts";
import { describeInBrowser, usePlace } from "./harness/in-browser.ts";
import { countNodes, countPaints, openBusyMeter, readHeap } from "./harness/measure.ts";
import { visit } from "./harness/visit.ts";
import { runIdOf } from "./seeds/run-spec.ts";

const seconds = Number(process.env.MILLRACE_DASHBOARD_LIVE_SECONDS ?? "8");
const busyRun = `runs/flow-run/${runIdOf("busy", "busy")}`;

const shown = [
  { what: "the list of runs", path: "runs", table: '[role="table"][aria-label="Runs"]' },
  { what: "the timeline of a run that goes on", path: `${busyRun}?mode=rows`, table: '[role="treegrid"]' },
  { what: "the log of a run that goes on", path: `${busyRun}?tab=logs`, table: '[role="log"]' },
] as const;

describeInBrowser("with 500 updates a second", (browser) => {
  const place = usePlace("small");
  let opened: BusyLedger | null = null;
  beforeAll(async () => void (opened = await openBusyLedger(place.api)));
  const ledgerOf = (): BusyLedger => {
    if (opened === null) throw new Error("It is there within tests only.");
    return opened;
  };

  // With movement, so that the playhead runs.
  test.each(shown)(
    "$what does not grow, and its rows are written at most four times a second",
    async ({ what, path, table }) => {
      const ledger = ledgerOf();
      await visit(browser(), place.url, { path, hasMotion: true }, async ({ page, settle }) => {
        await page.locator("[data-live]").getByText("Live").waitFor();
        await page.locator(table).waitFor();
        // What is filled once does not count.
        await ledger.keepBusy(4000);
        await settle();
        const before = { heap: await readHeap(page), updates: await ledger.countUpdates() };
        const meter = await openBusyMeter(page);
        const readPaints = await countPaints(page, table);
        await ledger.keepBusy(seconds * 1000);
        const busy = await meter.read();
        const { paints, seconds: took } = await readPaints();
        await meter.close();
        await settle();
        const heap = await readHeap(page);
        const updates = (await ledger.countUpdates()) - before.updates;
        print(what, `${Math.round(updates / took)} updates a second, ${(busy * 100).toFixed(0)} % busy (budget 30 %)`);
        print(what, `${(paints / took).toFixed(1)} paints a second (budget 4)`);
        print(what, `heap ${(before.heap / 1e6).toFixed(1)} to ${(heap / 1e6).toFixed(1)} MB`);
        // It was nearly as busy as that.
        expect(updates / took).toBeGreaterThan(250);
        expect(paints).toBeGreaterThan(0);
        expect(paints / took).toBeLessThanOrEqual(4);
        expect(heap - before.heap).toBeLessThan(3e6);
        expect(await countNodes(page)).toBeLessThanOrEqual(1500);
      });
    },
  );
});
