import { artifact, flow, inputs, logger, task } from "millrace";

export const load = task({ name: "load", runName: "load {region}" }, async (region: string) => {
  logger().info(`loading ${region}`);
  return region.length;
});

export const total = task({ name: "total", cache: inputs() }, (parts: readonly number[]) =>
  parts.reduce((sum, part) => sum + part, 0),
);

export const part = flow({ name: "part" }, async ({ region }: { region: string }) => load(region));

/** What it is given is what it returns, beside what it has computed. */
export const orders = flow({ name: "orders" }, async (given: { regions?: readonly string[]; note?: unknown }) => {
  const { regions = ["north", "south"], note = null } = given;
  logger().warn("two\nlines");
  console.log("printed by the flow");
  const parts = await Promise.all(regions.map((region) => load(region)));
  parts.push(await part({ region: "overseas" }));
  await artifact.table([{ region: "north", orders: 5 }], { key: "orders-by-region", description: "Orders" });
  await artifact.markdown("# Orders\n\nAll of them", { key: "orders-report" });
  return { total: await total(parts), note };
});

if (import.meta.main) await orders({});
