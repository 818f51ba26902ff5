import type { Serving } from "../contract/serving.ts";
import { systemClock } from "../kit/clock.ts";
import { createStepTools } from "./deploy/step-tools.ts";
import { deployFlows } from "./deploy-flows.ts";
import { openLedger } from "./open-ledger.ts";
import { serveFlows } from "./serve-flows.ts";
import { readSettings } from "./settings.ts";

/** What `serve()` and `deploy()` of user files do, with the settings that hold. */
export const serving: Serving = {
  serve: (request) => serveFlows(request, { settings: readSettings(), say: sayOnStderr }),
  async deploy(requests, options) {
    const settings = readSettings();
    const { api } = await openLedger(settings, { clock: systemClock });
    const say = (text: string): void => {
      if (settings.live !== "off") process.stderr.write(text);
    };
    try {
      return await deployFlows(api, requests, { ...options, tools: createStepTools({ api, settings, say }) });
    } finally {
      await api.close();
    }
  },
};

function sayOnStderr(line: string): void {
  if (readSettings().live !== "off") process.stderr.write(`${line}\n`);
}
