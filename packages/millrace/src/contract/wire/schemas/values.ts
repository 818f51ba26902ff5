/** Schemas of what runs read and hold: secrets, inputs, processes, slots. */

import * as z from "zod";
import { time } from "./states.ts";

export const variableToWrite = z.object({
  name: z.string(),
  value: z.string().meta({ description: "JSON text" }),
  tags: z.array(z.string()).exactOptional(),
});

const secretFields = { name: z.string(), createdAt: time, updatedAt: time };

export const secretName = z.object(secretFields).meta({ id: "SecretName" });

export const sealedSecret = z.object({ ...secretFields, sealed: z.string() }).meta({ id: "SealedSecret" });

export const secretToWrite = z.object({ name: z.string(), sealed: z.string() });

const inputFields = {
  flowRunId: z.string(),
  key: z.string(),
  id: z.string(),
  value: z.string(),
  sender: z.string().nullable(),
};

export const runInput = z.object({ ...inputFields, createdAt: time }).meta({ id: "RunInput" });

export const runInputToSend = z.object(inputFields);

const processFields = {
  id: z.string(),
  host: z.string(),
  bootId: z.string().nullable(),
  pid: z.int(),
  startToken: z.string().nullable(),
  startedAt: time,
};

export const executorProcess = z.object({ ...processFields, leaseExpiresAt: time }).meta({ id: "ExecutorProcess" });

export const processToRegister = z.object(processFields);

export const slotRequest = z
  .object({ limitName: z.string(), limit: z.number(), holder: z.string(), processId: z.string() })
  .meta({ id: "SlotRequest" });

const jsonObject = z.record(z.string(), z.unknown());

export const valuesToCheck = z.object({ schema: jsonObject, values: jsonObject });

export const valueFault = z.object({ path: z.array(z.string()), message: z.string() }).meta({ id: "ValueFault" });
