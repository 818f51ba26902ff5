import * as z from "zod";
import { actions, actionsInput } from "./automation-actions.ts";
import { trigger, triggerInput } from "./automation-triggers.ts";
import { orNull, record, slice, text, texts, time } from "./common.ts";
import { allOrAnyTags, anyText, anyUuid, operator } from "./filter-fields.ts";

const automationInput = {
  name: text,
  description: text.default(""),
  enabled: z.boolean().default(true),
  tags: texts.default([]),
  trigger: triggerInput,
  actions: actionsInput,
  actions_on_trigger: actionsInput.default([]),
  actions_on_resolve: actionsInput.default([]),
};

/** An owner is a resource, whose automations can be deleted together: a deployment's triggers. */
export const automationCreate = z
  .object({ ...automationInput, owner_resource: orNull(text) })
  .meta({ id: "AutomationCreate" });

/** Takes the place of the whole automation. */
export const automationUpdate = z.object(automationInput).meta({ id: "AutomationUpdate" });

export const automationPartialUpdate = z
  .object({ enabled: z.boolean().default(true) })
  .meta({ id: "AutomationPartialUpdate" });

export const automation = z
  .object({
    ...record,
    name: text,
    description: text,
    enabled: z.boolean(),
    tags: texts,
    trigger,
    actions,
    actions_on_trigger: actions,
    actions_on_resolve: actions,
  })
  .meta({ id: "Automation" });

const automationFilter = z
  .object({
    operator,
    id: orNull(anyUuid),
    name: orNull(anyText),
    created: orNull(z.object({ before_: orNull(time) })),
    tags: orNull(allOrAnyTags),
  })
  .meta({ id: "AutomationFilter" });

export const countAutomationsBody = z.object({ automations: orNull(automationFilter) });

export const readAutomationsBody = z.object({
  automations: orNull(automationFilter),
  ...slice,
  sort: z.enum(["CREATED_DESC", "UPDATED_DESC", "NAME_ASC", "NAME_DESC"]).default("NAME_ASC"),
});

/** A template is the whole body. */
export const validateTemplateBody = text.default("");

export const templateError = z.object({ error: z.object({ line: z.int(), message: text, source: text }) });

export type AutomationFilter = z.output<typeof automationFilter>;
export type AutomationCreate = z.output<typeof automationCreate>;
export type Automation = z.output<typeof automation>;
