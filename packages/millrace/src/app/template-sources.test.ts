import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { blockDocumentSeal } from "../contract/secrets.ts";
import { systemClock as clock } from "../kit/clock.ts";
import { uuidv7 } from "../kit/ids.ts";
import { createMasker } from "../kit/mask.ts";
import { createService } from "../service/create-service.ts";
import { makeLedger } from "../store/ledger-under-test.testsuite.ts";
import { fillTemplates } from "../worker/code/fill-templates.ts";
import { createTemplateSources } from "./template-sources.ts";
import { createVault } from "./vault.ts";

async function open() {
  const ledger = await makeLedger();
  const api = createService({ store: await ledger.open(), clock });
  const home = mkdtempSync(join(tmpdir(), "millrace-sources-"));
  onTestFinished(async () => {
    await api.close();
    await ledger.remove();
    rmSync(home, { recursive: true, force: true });
  });
  const vault = createVault({ home });
  const masker = createMasker();
  const environment = (name: string) => ({ REGION: "north", API_TOKEN: "from-environment" })[name];
  const sources = createTemplateSources({ api, vault, masker, environment });
  const fill = (text: unknown) => fillTemplates(text, { sources, outputs: { "build-image": { image: "a:1" } } });
  return { api, vault, masker, fill };
}

test("templates are filled from the environment, variables and earlier steps, with their types", async () => {
  const { api, fill } = await open();
  await api.writeVariable({ name: "sizes", value: "[1, 2]" });
  await api.writeVariable({ name: "rows", value: "3" });
  const written = {
    region: "{{ $REGION }}",
    sizes: "{{ prefect.variables.sizes }}",
    text: "{{ variables.rows }} rows of {{ build-image.image }}",
    plain: [1, null, "no template", "{{ a b }}"],
  };
  expect(await fill(written)).toEqual({
    region: "north",
    sizes: [1, 2],
    text: "3 rows of a:1",
    plain: [1, null, "no template", "{{ a b }}"],
  });
});

test("secrets are of the ledger, else of the environment, and are hidden from then on", async () => {
  const { api, vault, masker, fill } = await open();
  await api.writeSecret({ name: "db", sealed: await vault.seal("db", "of-the-ledger") });
  expect(await fill(["{{ secrets.db }}", "{{ prefect.blocks.secret.db }}", "{{ secrets.api-token }}"])).toEqual([
    "of-the-ledger",
    "of-the-ledger",
    "from-environment",
  ]);
  expect(masker.mask("of-the-ledger and from-environment")).toBe("******** and ********");
});

test("blocks are opened, whole or by a field, and hidden from then on", async () => {
  const { api, vault, masker, fill } = await open();
  const type = await api.createObject("block-type", { slug: "github-credentials", name: "GitHub Credentials" });
  const schema = await api.createObject("block-schema", {
    blockTypeId: type.id,
    checksum: "sha256:1",
    schemaVersion: "1",
    capabilities: [],
  });
  const id = uuidv7();
  const sealed = await vault.seal(blockDocumentSeal(id), JSON.stringify({ token: "of-a-block", nested: { a: 1 } }));
  await api.createObject("block-document", {
    id,
    blockTypeId: type.id,
    blockSchemaId: schema.id,
    name: "mine",
    anonymous: false,
    sealed,
  });
  expect(await fill("{{ prefect.blocks.github-credentials.mine }}")).toEqual({ token: "of-a-block", nested: { a: 1 } });
  expect(await fill("{{ prefect.blocks.github-credentials.mine.token }}")).toBe("of-a-block");
  expect(masker.mask("of-a-block")).toBe("********");
});

test.each([
  "{{ $NOBODY }}",
  "{{ variables.none }}",
  "{{ secrets.none }}",
  "{{ prefect.blocks.s3.none }}",
  "{{ step.none }}",
])("what is not there is told: %s", async (template) => {
  const { fill } = await open();
  await expect(fill(`x ${template}`)).rejects.toThrow(`there is no value for ${template}`);
});
