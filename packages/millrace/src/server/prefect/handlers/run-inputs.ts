/** Inputs of flow runs: one value a key, unlike the ledger's, where a key may have several. */

import type { Api } from "../../../contract/api.ts";
import type { RunInput } from "../../../contract/records.ts";
import { uuidFromHash } from "../../../kit/ids.ts";
import { asCaller } from "../../access/as-caller.ts";
import { PrefectError } from "../errors.ts";
import type { PrefectContext, PrefectHandlers } from "../routes-table-types.ts";
import { toPrefectTime } from "../times.ts";
import { flowRunNotFound } from "./flow-runs.ts";

type InputHandler = Extract<
  keyof PrefectHandlers,
  "createFlowRunInput" | "filterFlowRunInput" | "readFlowRunInput" | "deleteFlowRunInput"
>;

/** The id of the one input of a key. */
const only = "";

const notFound = new PrefectError({ status: 404, detail: "Flow run input not found" });

export function runInputHandlers(context: PrefectContext): Pick<PrefectHandlers, InputHandler> {
  const { api } = context;
  return {
    async createFlowRunInput({ params, body, identity }) {
      if ((await api.readFlowRun(params.id)) === null) throw flowRunNotFound;
      const { key, value, sender } = body;
      if (!(await writeRunInput(asCaller(context, identity), { flowRunId: params.id, key, value, sender }))) {
        throw new PrefectError({ status: 409, detail: "A flow run input with this key already exists." });
      }
      return { status: 201, body: null };
    },

    async filterFlowRunInput({ params, body }) {
      const { prefix, limit, exclude_keys: excluded } = body;
      const inputs = (await api.listRunInputs(params.id)).filter(
        ({ key }) => key.startsWith(prefix) && !excluded.includes(key),
      );
      return { status: 200, body: inputs.slice(0, limit).map(toPrefectInput) };
    },

    async readFlowRunInput({ params }) {
      const input = await findRunInput(api, params.id, params.key);
      if (input === null) throw notFound;
      return { status: 200, body: input.value };
    },

    async deleteFlowRunInput({ params }) {
      if (!(await api.deleteRunInputs(params.id, params.key))) throw notFound;
      return { status: 204 };
    },
  };
}

export async function findRunInput(api: Api, flowRunId: string, key: string): Promise<RunInput | null> {
  return (await api.listRunInputs(flowRunId, key)).at(-1) ?? null;
}

/** False when the key has one already. */
export function writeRunInput(
  api: Pick<Api, "sendRunInput">,
  input: Omit<RunInput, "id" | "createdAt">,
): Promise<boolean> {
  return api.sendRunInput({ ...input, id: only });
}

function toPrefectInput({ flowRunId, key, value, sender, createdAt }: RunInput) {
  const created = toPrefectTime(createdAt);
  const id = uuidFromHash(`run input ${flowRunId} ${key}`);
  return { id, created, updated: created, flow_run_id: flowRunId, key, value, sender };
}
