import { flow, task } from "millrace";
import { z } from "zod";

const twice = task({ name: "twice", description: "Doubles a number" }, async (n: number) => n * 2);

export const typed = flow(
  {
    name: "typed",
    description: "Doubles what it is given",
    parameters: z.object({ n: z.number(), limit: z.number().optional() }),
  },
  async ({ n }) => twice(n),
);
