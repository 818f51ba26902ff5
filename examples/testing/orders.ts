/** The flow that `orders.test.ts` tests: takes the orders of a day, bills them, and asks before it sends a large bill. */

import { flow, pause, sleep, task } from "millrace";
import { z } from "zod";

export interface Order {
  readonly customer: string;
  readonly amount: number;
}

export const fetchOrders = task(
  { name: "fetch-orders", retries: 3, retryDelay: ["1m", "10m", "1h"] },
  async (day: string): Promise<readonly Order[]> => {
    const response = await fetch(`https://orders.example.com/${day}`);
    if (!response.ok) throw new Error(`the orders of ${day} were answered by ${response.status}`);
    return (await response.json()) as readonly Order[];
  },
);

export const sendBill = task(
  { name: "send-bill", runName: "bill {customer}", timeout: "30s" },
  async (customer: string, amount: number) => {
    await fetch(`https://bills.example.com/${customer}`, { method: "POST", body: String(amount) });
    return amount;
  },
);

export const total = task({ name: "total" }, (orders: readonly Order[]) => {
  const sums = new Map<string, number>();
  for (const { customer, amount } of orders) sums.set(customer, (sums.get(customer) ?? 0) + amount);
  return sums;
});

export const billOrders = flow(
  { name: "bill-orders", parameters: z.object({ day: z.iso.date(), limit: z.number().default(1000) }) },
  async ({ day, limit }) => {
    const sums = await total(await fetchOrders(day));
    // A day to change one's mind.
    await sleep("24h");
    let billed = 0;
    for (const [customer, amount] of sums) {
      if (amount > limit) {
        const { approved } = await pause({ key: customer, input: z.object({ approved: z.boolean() }), timeout: "7d" });
        if (!approved) continue;
      }
      billed += await sendBill(customer, amount);
    }
    return billed;
  },
);
