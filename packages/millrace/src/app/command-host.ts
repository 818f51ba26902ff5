/** What the commands work over: the ledger, its settings, and the means to execute runs in this process. */

import type { Client } from "../client/create-client.ts";
import type { Api } from "../contract/api.ts";
import type { FlowRun } from "../contract/flow-run.ts";
import type { RunObserver } from "../contract/observer.ts";
import type { ResultRef } from "../contract/results.ts";
import type { CheckOptions } from "../contract/store.ts";
import { runtimeSlot, type Vault } from "../contract/runtime.ts";
import { systemClock } from "../kit/clock.ts";
import { decodeResult } from "../engine/results.ts";
import { createRunner } from "./execute-runs.ts";
import { stopOnInterrupt } from "./interrupt.ts";
import { keepPulledCode } from "./keep-pulled-code.ts";
import { openEngine } from "./open-engine.ts";
import { serverUrl } from "./open-ledger.ts";
import { type FlowPlan, planFlow } from "./plan-flow.ts";
import type { Rotation } from "./rotate-secrets-key.ts";
import { readSettings, type Settings } from "./settings.ts";
import { tellOfUntimelyEnd } from "./untimely-end.ts";

/** How a run that was executed here has ended. */
export interface RunEnd {
  readonly run: FlowRun;
  /** What the flow returned; undefined when it did not complete. */
  readonly value: unknown;
  /** What the flow threw; null when it completed. */
  readonly error: unknown;
}

export interface FlowRequest {
  /** A path, relative to the working directory, or a file URL. */
  readonly file: string;
  /** Null for the only flow of the module. */
  readonly exportName: string | null;
  readonly parameters: unknown;
  readonly runName?: string;
  readonly tags?: readonly string[];
}

export interface CommandHost extends AsyncDisposable {
  readonly settings: Settings;
  readonly api: Api;
  /** What the server can beside `api`; null when this process has opened the ledger itself. */
  readonly client: Client | null;
  vault(): Promise<Vault>;
  /** Another key for the secrets; null when a server has the ledger. @throws KEY_ROTATION_REFUSED */
  readonly rotateSecretsKey: ((options: { readonly isDryRun: boolean }) => Promise<Rotation>) | null;
  /** The ledger's JSON: parameters, inputs and results as values. */
  encode(value: unknown): string;
  decode(text: string): unknown;
  /** @throws RESULT_MISSING */
  readResult(ref: ResultRef): Promise<unknown>;
  /** Imports the module and runs the flow. @throws FLOW_NOT_FOUND, MODULE_NOT_IMPORTABLE, PARAMETERS_INVALID: nothing has run then */
  runFlow(request: FlowRequest): Promise<RunEnd>;
  /** Calls the flow's function with tasks that are not run, and gives back their calls. Records nothing. */
  planFlow(request: FlowRequest): Promise<FlowPlan>;
  /** Goes on with a run in this process. @throws RUN_NOT_FOUND, RUN_OWNED, RUN_NOT_RESUMABLE */
  continueRun(request: {
    readonly id: string;
    readonly mode: "resume" | "retry";
    readonly onDrift?: "stop" | "rerun";
  }): Promise<RunEnd>;
  /**
   * Answers the pause a run waits in (its own, or a subflow's), in the name of the user of this machine. A run that has
   * given up its process is then gone on with here; of one whose process waits, `end` is null: it goes on there.
   * @throws RUN_NOT_RESUMABLE when the run waits for nobody; as Api.answerPause
   */
  answerPause(request: {
    readonly id: string;
    readonly input: unknown;
    /** Who says so. Default: nobody is named. */
    readonly answeredBy?: string;
  }): Promise<{ readonly end: RunEnd | null }>;
  /** A new run of the same flow with the same parameters, which takes the old run's results up to a step. */
  startFrom(request: { readonly id: string; readonly step: string; readonly parameters?: unknown }): Promise<RunEnd>;
  /** What is wrong with the ledger's database, in words; empty when it is sound, or a server's to look after. */
  check(options?: CheckOptions): Promise<readonly string[]>;
  /** Null when a server has the ledger. */
  readonly schemaVersion: number | null;
  /** The server that has the ledger; null when this process has opened it itself. */
  readonly serverUrl: string | null;
}

export interface CommandHostOptions {
  readonly home?: string;
  readonly database?: string;
  readonly profile?: string;
  /** Told of the runs that are executed here. */
  readonly observer?: RunObserver;
}

export async function openCommandHost(options: CommandHostOptions = {}): Promise<CommandHost> {
  const { home, database, profile, observer = null } = options;
  const settings = readSettings({ home, database, profile });
  const opened = await openEngine(settings, { observer });
  const { engine, api, store, client } = opened;
  runtimeSlot().runtime = engine;
  stopOnInterrupt(engine);
  tellOfUntimelyEnd(engine, settings);
  await api.expireProcesses();
  const runs = createRunner(engine, { keepCode: (module) => keepPulledCode(module, settings) });
  return {
    settings,
    api,
    client,
    ...runs,
    vault: () => engine.vault(),
    rotateSecretsKey:
      store === null
        ? null
        : async ({ isDryRun }) => {
            const { rotateSecretsKey } = await import("./rotate-secrets-key.ts");
            return rotateSecretsKey({ ...settings, store, clock: systemClock, isDryRun });
          },
    encode: (value) => engine.encode(value),
    decode: (text) => engine.decode(text),
    readResult: (ref) => decodeResult(ref, {}, engine.ports),
    planFlow,
    check: async (options) => (await store?.check(options)) ?? [],
    schemaVersion: store?.schemaVersion ?? null,
    serverUrl: store === null ? serverUrl(settings) : null,
    [Symbol.asyncDispose]: () => opened.close(),
  };
}
