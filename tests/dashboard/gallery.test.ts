/** The gallery of the dashboard's parts has no barriers either. Vite serves it, as to who works on them. */

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { expect, test } from "vitest";
import { findBarriers } from "./harness/accessible.ts";
import { describeInBrowser } from "./harness/in-browser.ts";
import { visit } from "./harness/visit.ts";

const root = join(import.meta.dirname, "../..");

function startVite(): ChildProcess {
  const vite = join(root, "node_modules/vite/bin/vite.js");
  return spawn(process.execPath, [vite, "dashboard", "--host", "127.0.0.1", "--port", "0"], {
    cwd: root,
    env: { ...process.env, NO_COLOR: "1" },
    stdio: ["ignore", "pipe", "inherit"],
  });
}

/** With a slash at its end, once it is told. What it says after that is heard by nobody, but taken: else it would end. */
function addressOf(server: ChildProcess): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  let told = "";
  server.stdout?.on("data", (chunk) => {
    told += String(chunk);
    const [address] = /http:\/\/127\.0\.0\.1:\d+\//.exec(told) ?? [];
    if (address !== undefined) resolve(address);
  });
  server.once("exit", () => reject(new Error(`Vite has ended: ${told}`)));
  return promise;
}

describeInBrowser("the gallery", (browser) => {
  test("is as easy to use as pages are, light and dark, with a dialog and without", async () => {
    const server = startVite();
    try {
      const url = await addressOf(server);
      for (const theme of ["light", "dark"] as const) {
        await visit(browser(), url, { path: "gallery.html", theme }, async ({ page }) => {
          await page.getByRole("table", { name: "Live runs" }).waitFor();
          expect(await findBarriers(page), theme).toEqual([]);
          await page.getByRole("button", { name: "Open a form" }).click();
          await page.getByRole("dialog", { name: "Create a thing" }).waitFor();
          expect(await findBarriers(page), `${theme}, a dialog`).toEqual([]);
        });
      }
    } finally {
      if (server.exitCode === null) {
        server.kill();
        await once(server, "exit");
      }
    }
  });
});
