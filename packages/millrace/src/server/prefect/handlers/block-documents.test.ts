import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { blockDocumentSeal } from "../../../contract/secrets.ts";
import { uuidv7 } from "../../../kit/ids.ts";
import type { PrefectContext, PrefectHandlers } from "../routes-table-types.ts";
import { blockDocumentHandlers } from "./block-documents.ts";
import { blockSchemaHandlers } from "./block-schemas.ts";
import { blockTypeHandlers } from "./block-types.ts";
import { namingVault, type OverHttp, serveOverHttp } from "./over-http.testsuite.ts";

const hidden = "********";

const blockHandlers = (context: PrefectContext): Partial<PrefectHandlers> => ({
  ...blockTypeHandlers(context),
  ...blockSchemaHandlers(context),
  ...blockDocumentHandlers(context),
});

describe("saved blocks", () => {
  let http: OverHttp;
  let login: { block_type_id: string; block_schema_id: string };
  let database: { block_type_id: string; block_schema_id: string };

  async function register(slug: string, fields: object, capabilities: readonly string[] = []): Promise<typeof login> {
    const type = await http.ask("createBlockType", { body: { name: slug, slug } });
    const block_type_id = type.body.id as string;
    const whole = { title: slug, type: "object", block_type_slug: slug, block_schema_references: {}, ...fields };
    const schema = await http.ask("createBlockSchema", { body: { block_type_id, fields: whole, capabilities } });
    return { block_type_id, block_schema_id: schema.body.id as string };
  }

  beforeAll(async () => {
    http = await serveOverHttp(blockHandlers);
    login = await register("login", { secret_fields: ["password", "headers.*"] });
    database = await register("database", { secret_fields: ["login.password"] }, ["read"]);
  });
  afterAll(() => http.close());

  const save = async (name: string | null, data: object, of = login, more: object = {}): Promise<string> =>
    (await http.ask("createBlockDocument", { body: { name, data, ...of, ...more } })).body.id as string;

  const read = async (
    id: string,
    isOpen = true,
  ): Promise<{ data: Record<string, unknown>; [field: string]: unknown }> =>
    (await http.ask("readBlockDocumentById", { params: { id }, query: isOpen ? { include_secrets: "true" } : {} }))
      .body;

  const reference = (id: string): object => ({ $ref: { block_document_id: id } });

  test("are kept sealed, and shown without their secrets unless those are asked for", async () => {
    const data = { user: "ada", password: "lovelace", headers: { auth: "token", empty: null } };
    const made = await http.ask("createBlockDocument", { body: { name: "ada", data, ...login } });
    expect(made).toMatchObject({
      status: 201,
      body: {
        name: "ada",
        data: { user: "ada", password: hidden, headers: { auth: hidden, empty: hidden } },
        ...login,
        block_type_name: "login",
        block_type: { slug: "login" },
        block_schema: { fields: { title: "login" }, block_type: { slug: "login" } },
        is_anonymous: false,
        block_document_references: {},
      },
    });
    const { id } = made.body;
    expect((await read(id, false)).data).toEqual(made.body.data);
    expect((await read(id)).data).toEqual(data);
    const kept = await http.api.readObject("block-document", id);
    expect(kept?.data).toBeUndefined();
    expect(kept?.sealed).toMatch(new RegExp(`^block-document ${id}:`));
    expect(kept?.sealed).not.toContain("lovelace");
  });

  test("have names of their own among those of their type", async () => {
    await save("taken", {});
    const again = await http.ask("createBlockDocument", { body: { name: "taken", data: {}, ...login } });
    expect(again).toEqual({ status: 409, body: { detail: "Block already exists" } });
    expect((await http.ask("createBlockDocument", { body: { name: "taken", ...database } })).status).toBe(201);
    expect((await http.ask("createBlockDocument", { body: { ...login } })).status).toBe(422);
  });

  test("are of a type and a schema that are there", async () => {
    const nothing = uuidv7();
    const ask = (of: object) => http.ask("createBlockDocument", { body: { name: "n", ...login, ...of } });
    expect((await ask({ block_type_id: nothing })).status).toBe(409);
    expect((await ask({ block_schema_id: nothing })).status).toBe(409);
  });

  test("without a name are found only by those who ask for them, and not told of", async () => {
    const id = await save(null, { user: "x" }, login, { is_anonymous: true });
    expect((await read(id)).name).toBe(`anonymous-${id}`);
    const count = async (filter?: object): Promise<number> =>
      (await http.ask("countBlockDocuments", { body: { block_documents: filter ?? null } })).body;
    const of = { id: { any_: [id] } };
    expect([await count(of), await count({ ...of, is_anonymous: { eq_: true } })]).toEqual([0, 1]);
    expect([await count({ ...of, is_anonymous: null })]).toEqual([1]);
    const { items } = await http.api.listEvents({ resourceIds: [`millrace.block-document.${id}`] });
    expect(items).toEqual([]);
  });

  test("are found by the slug of their type and their name", async () => {
    const id = await save("by-name", { password: "p" });
    const at = { slug: "login", block_document_name: "by-name" };
    const found = await http.ask("readBlockDocumentByNameForBlockType", { params: at });
    expect(found.body).toMatchObject({ id, data: { password: hidden } });
    const missing = { ...at, slug: "database" };
    expect(await http.ask("readBlockDocumentByNameForBlockType", { params: missing })).toEqual({
      status: 404,
      body: { detail: "Block document not found" },
    });
    const { body } = await http.ask("readBlockDocumentsForBlockType", {
      params: { slug: "login" },
      query: { include_secrets: "true" },
    });
    expect(body.find((each) => each.id === id)).toMatchObject({ data: { password: "p" } });
    expect((await http.ask("readBlockDocumentsForBlockType", { params: { slug: "none" } })).status).toBe(404);
  });

  describe("that are changed", () => {
    const change = (id: string, body: object) => http.ask("updateBlockDocumentData", { params: { id }, body });

    test("keep what is not given, unless all is to be replaced", async () => {
      const id = await save("merged", { user: "ada", password: "p", headers: { a: "1" } });
      expect(await change(id, { data: { user: "grace" } })).toEqual({ status: 204 });
      expect((await read(id)).data).toEqual({ user: "grace", password: "p", headers: { a: "1" } });
      await change(id, { data: { user: "joan" }, merge_existing_data: false });
      expect((await read(id)).data).toEqual({ user: "joan" });
      expect((await change(uuidv7(), { data: {} })).status).toBe(404);
    });

    test("keep the secrets that are sent back as they were shown", async () => {
      const id = await save("sent-back", { user: "ada", password: "p", headers: { a: "1", b: "2" } });
      const { data } = await read(id, false);
      await change(id, { data: { ...data, user: "grace" } });
      expect((await read(id)).data).toEqual({ user: "grace", password: "p", headers: { a: "1", b: "2" } });
      await change(id, { data: { password: "new", headers: { a: hidden, c: "3" } }, merge_existing_data: false });
      expect((await read(id)).data).toEqual({ password: "new", headers: { a: "1", c: "3" } });
    });

    test("take another schema of their own type only", async () => {
      const id = await save("schema", { user: "ada" });
      const fields = { title: "login", realm: 1 };
      const { body: next } = await http.ask("createBlockSchema", { body: { ...login, fields } });
      expect(await change(id, { block_schema_id: next.id, data: {} })).toEqual({ status: 204 });
      expect((await read(id)).block_schema_id).toBe(next.id);
      expect((await change(id, { block_schema_id: database.block_schema_id, data: {} })).status).toBe(400);
    });

    test("at once all keep their changes", async () => {
      const id = await save("at-once", {});
      const changes = ["a", "b", "c", "d"].map((field) => change(id, { data: { [field]: 1 } }));
      expect((await Promise.all(changes)).map(({ status }) => status)).toEqual([204, 204, 204, 204]);
      expect((await read(id)).data).toEqual({ a: 1, b: 1, c: 1, d: 1 });
    });

    test("are sealed where they were written in the open", async () => {
      const made = { name: "open", anonymous: false, data: { user: "ada" } };
      const ids = { blockTypeId: login.block_type_id, blockSchemaId: login.block_schema_id };
      const { id } = await http.api.createObject("block-document", { ...made, ...ids });
      await change(id, { data: { password: "p" } });
      expect((await read(id)).data).toEqual({ user: "ada", password: "p" });
      expect((await http.api.readObject("block-document", id))?.data).toEqual({});
    });
  });

  describe("within others", () => {
    test("are shown as they are now, with their secrets hidden", async () => {
      const within = await save("inner", { user: "ada", password: "p" });
      const id = await save("outer", { host: "db", login: reference(within) }, database);
      expect(await read(id, false)).toMatchObject({
        data: { host: "db", login: { user: "ada", password: hidden } },
        block_document_references: {
          login: {
            block_document: {
              id: within,
              name: "inner",
              block_type: { slug: "login" },
              is_anonymous: false,
              block_document_references: {},
            },
          },
        },
      });
      await http.ask("updateBlockDocumentData", { params: { id: within }, body: { data: { password: "q" } } });
      expect((await read(id)).data).toEqual({ host: "db", login: { user: "ada", password: "q" } });
    });

    test("stay references when they are sent back as they were shown", async () => {
      const within = await save("inner-back", { user: "ada", password: "p" });
      const id = await save("outer-back", { host: "db", login: reference(within) }, database);
      const { data } = await read(id, false);
      const body = { data: { ...data, host: "other" } };
      await http.ask("updateBlockDocumentData", { params: { id }, body });
      expect((await read(id)).data).toEqual({ host: "other", login: { user: "ada", password: "p" } });
      expect((await read(id)).block_document_references).toHaveProperty("login");
    });

    test("are gone from it once they are deleted", async () => {
      const within = await save("inner-gone", {});
      const id = await save("outer-gone", { host: "db", login: reference(within) }, database);
      expect((await http.ask("deleteBlockDocument", { params: { id: within } })).status).toBe(204);
      expect((await http.ask("deleteBlockDocument", { params: { id: within } })).status).toBe(404);
      expect(await read(id)).toMatchObject({ data: { host: "db" }, block_document_references: {} });
    });

    test("are never within themselves", async () => {
      const a = await save("cycle-a", {}, database);
      const b = await save("cycle-b", { next: reference(a) }, database);
      const c = await save("cycle-c", { next: reference(b) }, database);
      const close = await http.ask("updateBlockDocumentData", {
        params: { id: a },
        body: { data: { next: reference(c) } },
      });
      expect(close.status).toBe(400);
      const itself = { data: { next: reference(a) } };
      expect((await http.ask("updateBlockDocumentData", { params: { id: a }, body: itself })).status).toBe(400);
      // One that came about all the same, by two changes at once, is shown once.
      const data = JSON.stringify({ next: reference(c) });
      await http.api.updateObject("block-document", a, { sealed: await namingVault.seal(blockDocumentSeal(a), data) });
      expect((await read(a)).data).toEqual({ next: { next: {} } });
    });

    test("must be there, and be told by their id", async () => {
      const ask = (next: object) =>
        http.ask("createBlockDocument", { body: { name: "no", data: { next }, ...database } });
      expect((await ask(reference(uuidv7()))).status).toBe(409);
      expect((await ask({ $ref: {} })).status).toBe(400);
    });
  });

  test("are listed by filters of them, their types and their schemas", async () => {
    await register("zebra", {}).then((of) => save("list-a", {}, of));
    await save("list-c", { password: "p" });
    await save("list-b", {}, database);
    const names = async (body: object): Promise<string[]> => {
      const block_documents = { name: { like_: "list-" } };
      const { body: found } = await http.ask("readBlockDocuments", { body: { block_documents, ...body } });
      return found.map(({ name }) => name?.slice(5) ?? "");
    };
    expect(await names({})).toEqual(["a", "b", "c"]);
    expect(await names({ sort: "NAME_DESC" })).toEqual(["c", "b", "a"]);
    expect(await names({ sort: "BLOCK_TYPE_AND_NAME_ASC" })).toEqual(["b", "c", "a"]);
    expect(await names({ sort: "BLOCK_TYPE_AND_NAME_ASC", offset: 1, limit: 1 })).toEqual(["c"]);
    expect(await names({ limit: 0 })).toEqual([]);
    expect(await names({ block_types: { slug: { any_: ["login"] } } })).toEqual(["c"]);
    expect(await names({ block_schemas: { block_capabilities: { all_: ["read"] } } })).toEqual(["b"]);
    const open = { block_documents: { name: { any_: ["list-c"] } }, include_secrets: true };
    expect((await http.ask("readBlockDocuments", { body: open })).body[0]?.data).toEqual({ password: "p" });
  });
});
