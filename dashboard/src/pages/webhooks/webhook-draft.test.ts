import type { Webhook } from "millrace/client";
import { describe, expect, test } from "vitest";
import { draftFault, emptyDraft, fromDraft, toCreateCommand, toDraft, type WebhookDraft } from "./webhook-draft.ts";
import { eventsOf } from "./webhook-words.ts";

const draft = (more: Partial<WebhookDraft> = {}): WebhookDraft => ({ ...emptyDraft, name: "Orders", ...more });

describe("a draft of a webhook", () => {
  test("that says no more than its name is an address made of it, and the usual event", () => {
    expect(fromDraft(draft({ name: " Orders of the shop! " }))).toEqual({
      name: "Orders of the shop!",
      slug: "orders-of-the-shop",
      description: "",
      signature: null,
    });
  });

  test("is the webhook that it was made of, labels that it has no field for included", () => {
    const webhook: Webhook = {
      id: "w",
      createdAt: 0,
      updatedAt: 0,
      revision: 1,
      name: "Orders",
      slug: "shop",
      enabled: true,
      description: "Of the shop",
      template: { event: "order.{{ body.status }}", resource: { via: "web", id: "order.1" }, payload: [1] },
      signature: { scheme: "timestamped", secretName: "shop-hook", toleranceMs: 60_000 },
    };
    const { name, slug, description, template, signature } = webhook;
    expect(fromDraft(toDraft(webhook))).toEqual({ name, slug, description, template, signature });
  });

  test.each([
    [{ name: " " }, "name"],
    [{ name: "!" }, "address"],
    [{ slug: "Not A Slug" }, "address"],
    [{ payload: "{" }, "JSON"],
    [{ scheme: "github" }, "secret"],
  ] as const)("%j has a fault that tells of its %s", (more, word) => {
    expect(draftFault(draft(more))).toContain(word);
  });

  test("is the command that makes the same", () => {
    const full = draft({
      event: "order.{{ body.status }}",
      resourceId: "order.{{ body.id }}",
      payload: '{"sum":1}',
      scheme: "standard",
      secretName: "hook",
      toleranceMs: 90_000,
    });
    expect(toCreateCommand(full)).toBe(
      "millrace webhook create Orders --event 'order.{{ body.status }}' --resource 'id=order.{{ body.id }}' " +
        `--payload '{"sum":1}' --signature standard --secret hook --tolerance 1m30s`,
    );
    expect(toCreateCommand(draft({ name: "" }))).toBe("millrace webhook create NAME");
  });
});

test("its events are those of itself, or those that begin as its template names them", () => {
  const of = (template?: Webhook["template"]) =>
    eventsOf({ id: "w1", slug: "shop", ...(template === undefined ? {} : { template }) });
  expect(of()).toEqual({ resourceIdPrefixes: ["millrace.webhook.w1"] });
  expect(of({ event: "order.placed" })).toEqual({ resourceIdPrefixes: ["millrace.webhook.w1"] });
  expect(of({ event: "order.{{ body.a }}", resource: { id: "x" } })).toEqual({ namePrefixes: ["order."] });
  expect(of({ event: "{{ body.a }}", resource: { id: "x" } })).toBeNull();
});
