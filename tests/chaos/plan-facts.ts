/** What a plan says of the calls in it, for the invariants to know. */

import type { Evidence } from "./invariants/evidence.ts";
import type { AnyStep, Order, Plan } from "./plan.ts";

export type PlanFacts = Pick<Evidence, "mayEndAs" | "mayRunAgain" | "transactionOf" | "sleepsMs">;

interface Body {
  /** What is around is tried again at some time: it drops failures, and what was undone. */
  readonly isRetried: boolean;
  readonly isUndone: boolean;
  /** The outermost transaction around it in its flow. */
  readonly transaction: string | null;
}

export function factsOf(plan: Plan): PlanFacts {
  const mayRunAgain = new Set<string>();
  const transactionOf = new Map<string, string>();
  const sleepsMs = new Map<string, number>();

  function visitAll(steps: readonly AnyStep[], body: Body): void {
    for (const step of steps) visit(step, body);
  }

  function visit(step: AnyStep, body: Body): void {
    const { id } = step;
    if (body.transaction !== null) transactionOf.set(id, body.transaction);
    if (body.isRetried && body.isUndone) for (const call of callsOf(step)) mayRunAgain.add(call);
    switch (step.kind) {
      case "call":
        if (step.flavour === "unkept") mayRunAgain.add(id);
        return;
      case "doomed":
        if (body.isRetried) mayRunAgain.add(id);
        return;
      case "cached":
      case "loop":
        // Several calls have one id.
        mayRunAgain.add(id);
        return;
      case "sleep":
        sleepsMs.set(id, step.ms);
        return;
      case "parallel": {
        // When one branch fails, the calls of the others are refused, and their transactions undone.
        const isUndone = body.isUndone || failsInside([step]);
        for (const branch of step.branches) visitAll(branch, { ...body, isUndone });
        return;
      }
      case "nested":
        return visitAll(step.steps, {
          ...body,
          isRetried: body.isRetried || step.order.fails > 0 || failsInside(step.steps),
        });
      case "subflow": {
        const isRetried = body.isRetried || step.fails > 0 || step.failsWithCaller > 0 || failsInside(step.steps);
        return visitAll(step.steps, { ...body, isRetried, transaction: null });
      }
      case "transaction": {
        const isUndone = body.isUndone || step.isUndone;
        if (body.isRetried && isUndone) mayRunAgain.add(id);
        const transaction = body.transaction ?? id;
        transactionOf.set(id, transaction);
        return visitAll(step.steps, { ...body, isUndone, transaction });
      }
      case "map":
      case "futures":
      case "chance":
      case "idle":
        return;
    }
  }

  visitAll(plan.steps, { isRetried: plan.fails > 0 || failsInside(plan.steps), isUndone: false, transaction: null });
  return { mayEndAs: [], mayRunAgain, transactionOf, sleepsMs };
}

/** Whether a call made by a body of these steps is planned to fail it. */
function failsInside(steps: readonly AnyStep[]): boolean {
  return steps.some((step) => {
    switch (step.kind) {
      case "call":
        return step.order.failsWithCaller > 0;
      case "subflow":
        return step.failsWithCaller > 0;
      case "parallel":
        return step.branches.some(failsInside);
      case "transaction":
        return failsInside(step.steps);
      default:
        return false;
    }
  });
}

function callsOf(step: AnyStep): readonly string[] {
  const ids = (orders: readonly Order[]): readonly string[] => orders.map(({ id }) => id);
  return "orders" in step ? [step.id, ...ids(step.orders)] : [step.id];
}
