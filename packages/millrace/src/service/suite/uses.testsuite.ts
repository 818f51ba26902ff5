import { describe, expect, test } from "vitest";
import { uuidv7 } from "../../kit/ids.ts";
import type { UsedApi } from "./api-under-test.testsuite.ts";
import { save } from "./deployments.testsuite.ts";

export function testUses(used: UsedApi): void {
  async function makeBlock(name: string) {
    const { api } = used;
    const slug = `type-${uuidv7()}`;
    const type = await api.createObject("block-type", { slug, name: slug });
    const schema = { blockTypeId: type.id, checksum: `sha256:${uuidv7()}`, schemaVersion: "1", capabilities: [] };
    const { id: blockSchemaId } = await api.createObject("block-schema", { ...schema, fields: {} });
    const document = { blockTypeId: type.id, blockSchemaId, name, anonymous: false, data: {} };
    return { slug, id: (await api.createObject("block-document", document)).id };
  }

  describe("what refers to something", () => {
    test("a block: deployments, pools, automations and other blocks, each with where", async () => {
      const { api } = used;
      const { id, slug } = await makeBlock("team");
      expect(await api.findUses({ kind: "block-document", id })).toEqual({ items: [], isCut: false });
      const credentials = `{{ prefect.blocks.${slug}.team.token }}`;
      const pullSteps = [{ git_clone: { repository: "r", credentials } }];
      const { deployment } = await save(api, { pullSteps, jobVariables: { env: { TOKEN: credentials } } });
      const pool = await api.createWorkPool({ name: `p-${uuidv7()}`, type: "process" });
      const properties = { key: { type: "object", default: { $ref: { block_document_id: id } } } };
      await api.updateObject("work-pool", pool.id, { baseJobTemplate: { variables: { properties } } });
      const automation = await api.createObject("automation", {
        name: `a-${uuidv7()}`,
        enabled: false,
        tags: [],
        owner: null,
        trigger: {
          kind: "event",
          posture: "Reactive",
          match: {},
          matchRelated: [],
          after: [],
          expect: ["order.placed"],
          forEach: [],
          threshold: 1,
          withinMs: 0,
        },
        actions: [{ kind: "send-notification", blockDocumentId: id, subject: "s", body: "b" }],
        actionsOnTrigger: [],
        actionsOnResolve: [],
      });
      expect(await api.findUses({ kind: "block-document", id })).toEqual({
        items: [
          {
            kind: "deployment",
            id: deployment.id,
            name: `${deployment.flowName}/nightly`,
            fields: ["pullSteps.0.git_clone.credentials", "jobVariables.env.TOKEN"],
          },
          {
            kind: "work-pool",
            id: pool.id,
            name: pool.name,
            fields: ["baseJobTemplate.variables.properties.key.default.$ref.block_document_id"],
          },
          { kind: "automation", id: automation.id, name: automation.name, fields: ["actions.0.blockDocumentId"] },
        ],
        isCut: false,
      });
      await expect(api.findUses({ kind: "block-document", id: uuidv7() })).rejects.toMatchObject({
        code: "NOT_FOUND",
        data: { kind: "block" },
      });
    });

    test("a variable: deployments and their schedules", async () => {
      const { api } = used;
      const name = `v-${uuidv7()}`;
      const size = { __prefect_kind: "workspace_variable", variable_name: name };
      const { deployment, schedules } = await save(api, {
        jobVariables: { image: `app:{{ prefect.variables.${name} }}` },
        schedules: [{ slug: "daily", active: false, spec: { kind: "cron", cron: "0 0 * * *" }, parameters: { size } }],
      });
      const of = `${deployment.flowName}/nightly`;
      expect((await api.findUses({ kind: "variable", name })).items).toEqual([
        { kind: "deployment", id: deployment.id, name: of, fields: ["jobVariables.image"] },
        {
          kind: "schedule",
          id: schedules[0]?.id,
          name: of,
          deploymentId: deployment.id,
          fields: ["parameters.size"],
        },
      ]);
      expect(await api.findUses({ kind: "variable", name: `${name}-other` })).toEqual({ items: [], isCut: false });
    });

    test("of more than 200 that are there 200 are told, and that there are more", async () => {
      const { api } = used;
      const name = `v-${uuidv7()}`;
      const jobVariables = { image: `{{ variables.${name} }}` };
      for (let made = 0; made <= 200; made++) await save(api, { jobVariables });
      const { items, isCut } = await api.findUses({ kind: "variable", name });
      expect([items.length, isCut]).toEqual([200, true]);
    });
  });
}
