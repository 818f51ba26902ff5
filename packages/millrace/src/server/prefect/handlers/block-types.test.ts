import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { uuidv7 } from "../../../kit/ids.ts";
import { blockSchemaHandlers } from "./block-schemas.ts";
import { blockTypeHandlers } from "./block-types.ts";
import { type OverHttp, serveOverHttp } from "./over-http.testsuite.ts";

let http: OverHttp;
beforeAll(async () => {
  http = await serveOverHttp((context) => ({ ...blockTypeHandlers(context), ...blockSchemaHandlers(context) }));
});
afterAll(() => http.close());

const makeType = async (slug: string, more: object = {}): Promise<string> =>
  (await http.ask("createBlockType", { body: { name: slug, slug, ...more } })).body.id as string;

describe("types of blocks", () => {
  test("are made, and read by id and by slug, their texts safe to be shown", async () => {
    const body = { name: "Safe", slug: "safe", description: "<b> & 'x'", code_example: "a > b", logo_url: "https://l" };
    const made = await http.ask("createBlockType", { body });
    expect(made).toMatchObject({
      status: 201,
      body: { name: "Safe", description: "&lt;b&gt; &amp; 'x'", code_example: "a &gt; b", is_protected: false },
    });
    expect((await http.ask("readBlockTypeById", { params: { id: made.body.id } })).body).toEqual(made.body);
    expect((await http.ask("readBlockTypeBySlug", { params: { slug: "safe" } })).body).toEqual(made.body);
    expect((await http.ask("readBlockTypeBySlug", { params: { slug: "none" } })).status).toBe(404);
  });

  test("have slugs of their own, and no name that is reserved", async () => {
    await makeType("taken");
    expect(await http.ask("createBlockType", { body: { name: "Other", slug: "taken" } })).toEqual({
      status: 409,
      body: { detail: 'Block type with name "Other" already exists' },
    });
    expect((await http.ask("createBlockType", { body: { name: "Prefect Own", slug: "own" } })).status).toBe(403);
  });

  test("are changed in what is given, and not at all where nothing differs", async () => {
    const id = await makeType("changing", { description: "old" });
    const revision = async (): Promise<number | undefined> => (await http.api.readObject("block-type", id))?.revision;
    const same = { description: "old", code_example: null };
    expect(await http.ask("updateBlockType", { params: { id }, body: same })).toEqual({ status: 204 });
    expect(await revision()).toBe(1);
    await http.ask("updateBlockType", { params: { id }, body: { description: "new" } });
    expect(await http.api.readObject("block-type", id)).toMatchObject({ revision: 2, description: "new" });
    expect((await http.ask("updateBlockType", { params: { id: uuidv7() }, body: {} })).status).toBe(404);
  });

  test("are deleted with their schemas, unless they are protected", async () => {
    const id = await makeType("deleted");
    const { body: schema } = await http.ask("createBlockSchema", {
      body: { block_type_id: id, fields: { title: "d" } },
    });
    expect((await http.ask("deleteBlockType", { params: { id } })).status).toBe(204);
    expect((await http.ask("deleteBlockType", { params: { id } })).status).toBe(404);
    expect((await http.ask("readBlockSchemaById", { params: { id: schema.id } })).status).toBe(404);
    const own = await http.api.createObject("block-type", { name: "own", slug: "own", isProtected: true });
    expect((await http.ask("deleteBlockType", { params: { id: own.id } })).status).toBe(403);
  });

  test("are listed by name, also by what their schemas can do", async () => {
    const [b] = [await makeType("list-b"), await makeType("list-a")];
    await http.ask("createBlockSchema", { body: { block_type_id: b, fields: { title: "b" }, capabilities: ["fly"] } });
    const names = async (body: object): Promise<string[]> => {
      const { body: types } = await http.ask("readBlockTypes", {
        body: { block_types: { name: { like_: "list-" } }, ...body },
      });
      return types.map(({ name }) => name);
    };
    expect(await names({})).toEqual(["list-a", "list-b"]);
    expect(await names({ offset: 1 })).toEqual(["list-b"]);
    expect(await names({ block_schemas: { block_capabilities: { all_: ["fly"] } } })).toEqual(["list-b"]);
  });

  test("of the server's own are none that would have to be installed", async () => {
    expect(await http.ask("installSystemBlockTypes")).toEqual({ status: 200, body: null });
  });
});

describe("schemas of blocks", () => {
  test("are found again by the checksum that the client computes", async () => {
    const block_type_id = await makeType("floats");
    const fields = '{"title": "Floats", "properties": {"a": {"default": 1.0}}}';
    const sent = `{"block_type_id": "${block_type_id}", "fields": ${fields}, "version": "1.2", "capabilities": ["read"]}`;
    const made = await http.ask("createBlockSchema", { body: sent });
    expect(made).toMatchObject({
      status: 201,
      body: {
        checksum: "sha256:4630731833871144b8a9d0e4012e2c36e3f5481dfebdc99cc14cda4b698fa490",
        fields: { title: "Floats", block_schema_references: {} },
        block_type: { slug: "floats" },
        version: "1.2",
        capabilities: ["read"],
      },
    });
    const params = { checksum: made.body.checksum as string };
    expect((await http.ask("readBlockSchemaByChecksum", { params })).body).toEqual(made.body);
    const ofVersion = (version: string) => http.ask("readBlockSchemaByChecksum", { params, query: { version } });
    expect((await ofVersion("1.2")).body).toEqual(made.body);
    expect((await ofVersion("1.3")).status).toBe(404);
  });

  test("are one for a checksum and a version", async () => {
    const block_type_id = await makeType("once");
    const ask = (more: object) =>
      http.ask("createBlockSchema", { body: { block_type_id, fields: { title: "once" }, ...more } });
    const one = await ask({});
    expect(await ask({})).toEqual({ status: 200, body: one.body });
    http.advance(1);
    const newer = await ask({ version: "2" });
    expect([newer.status, newer.body.checksum, newer.body.id === one.body.id]).toEqual([201, one.body.checksum, false]);
    const found = await http.ask("readBlockSchemaByChecksum", { params: { checksum: one.body.checksum } });
    expect(found.body.id).toBe(newer.body.id);
    const atOnce = await Promise.all([1, 2, 3].map(() => ask({ version: "3" })));
    expect(new Set(atOnce.map(({ body }) => body.id)).size).toBe(1);
  });

  test("need the types of the blocks within them, and have their schemas made", async () => {
    const [outer, inner] = [await makeType("outer"), "inner"];
    const checksum = `sha256:${"0".repeat(64)}`;
    const fields = {
      title: "Outer",
      properties: { a: { $ref: "#/definitions/Inner" } },
      block_schema_references: { a: [{ block_type_slug: inner, block_schema_checksum: checksum }] },
      definitions: { Inner: { title: "Inner", block_type_slug: inner, block_schema_references: {} } },
    };
    const ask = () => http.ask("createBlockSchema", { body: { block_type_id: outer, fields } });
    expect((await ask()).status).toBe(409);
    const type = await makeType(inner);
    expect((await ask()).body.fields).toEqual(fields);
    const { body } = await http.ask("readBlockSchemaByChecksum", { params: { checksum } });
    expect(body).toMatchObject({ block_type_id: type, fields: { title: "Inner" } });
  });

  test("are of a type that is there", async () => {
    const block_type_id = uuidv7();
    expect(await http.ask("createBlockSchema", { body: { block_type_id, fields: {} } })).toEqual({
      status: 404,
      body: { detail: `Block type ${block_type_id} not found.` },
    });
  });

  test("are listed newest first, and tell what blocks can do", async () => {
    const block_type_id = await makeType("listed");
    for (const [title, capabilities] of [
      ["one", ["swim", "sing"]],
      ["two", ["swim"]],
    ] as const) {
      http.advance(1);
      await http.ask("createBlockSchema", { body: { block_type_id, fields: { title }, capabilities } });
    }
    const titles = async (filter: object): Promise<string[]> => {
      const block_schemas = { block_type_id: { any_: [block_type_id] }, ...filter };
      const { body } = await http.ask("readBlockSchemas", { body: { block_schemas } });
      return body.map(({ fields }) => String(fields.title));
    };
    expect(await titles({})).toEqual(["two", "one"]);
    expect(await titles({ block_capabilities: { all_: ["swim", "sing"] } })).toEqual(["one"]);
    const { body } = await http.ask("readAvailableBlockCapabilities");
    expect(body).toEqual(expect.arrayContaining(["sing", "swim"]));
    expect(new Set(body).size).toBe(body.length);
  });

  test("are deleted, unless their type is protected", async () => {
    const own = await http.api.createObject("block-type", { name: "kept", slug: "kept", isProtected: true });
    const make = async (block_type_id: string): Promise<string> =>
      (await http.ask("createBlockSchema", { body: { block_type_id, fields: { title: block_type_id } } })).body.id;
    const free = await make(await makeType("freed"));
    expect((await http.ask("deleteBlockSchema", { params: { id: free } })).status).toBe(204);
    expect((await http.ask("deleteBlockSchema", { params: { id: free } })).status).toBe(404);
    expect((await http.ask("deleteBlockSchema", { params: { id: await make(own.id) } })).status).toBe(403);
  });
});
