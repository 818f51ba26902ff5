import { createHash, randomBytes } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import type { ResultSerializer } from "../contract/results.ts";
import { compressed } from "./compressed-serializer.ts";
import { createJsonSerializer } from "./json-serializer.ts";
import { guessBytes } from "./long-values.ts";
import { Unserializable } from "./unserializable.ts";

const serializer = createJsonSerializer();

/** What is written for a long value. */
async function write(value: unknown, by: ResultSerializer = serializer): Promise<Buffer> {
  const stream = by.encodeStream?.(value) ?? null;
  if (stream === null) throw new Error("it is not long");
  const chunks: Uint8Array[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
}

async function read(content: Uint8Array, lengths: () => number = () => content.length, by = serializer) {
  async function* chunks() {
    for (let at = 0, length = lengths(); at < content.length; at += length, length = lengths()) {
      yield content.subarray(at, at + length);
    }
  }
  return by.decodeStream?.(chunks());
}

const rows = Array.from({ length: 60_000 }, (_, id) => ({
  id,
  name: `the name of row ${id}, which takes some room in the text`,
  at: id % 100 === 0 ? new Date(id) : null,
  big: id % 1000 === 0 ? [BigInt(id), undefined, -0] : 0,
}));
const floats = new Float64Array(600_000).map((_, index) => index / 3);
const text = `${"é👍a".repeat(1_100_000)}\ufeff`;

const longValues: Record<string, unknown> = {
  "a typed array": floats,
  "a buffer": Buffer.alloc(5_000_000, 7),
  "a part of a buffer": Buffer.alloc(5_000_100, 7).subarray(50),
  "an ArrayBuffer": floats.buffer,
  "a DataView": new DataView(floats.buffer, 8),
  "a list of objects": rows,
  "a list of pictures": Array.from({ length: 70 }, (_, index) => ({ index, picture: Buffer.alloc(70_000, index) })),
  "a list of numbers": Array.from({ length: 700_000 }, (_, index) => index / 7),
  "lists in a list": Array.from({ length: 4 }, () => Array.from({ length: 200_000 }, (_, index) => `item ${index}`)),
  "a text": text,
  "a text at whose cuts a character is": `a${"👍".repeat(3_000_000)}`,
  "a text without a UTF-8": `\ud800${"x".repeat(5_000_000)}`,
  "a map": new Map(rows.map((row) => [row.id, row])),
  "a set": new Set(rows),
  "a list with holes": Object.assign([], { length: 3_000_000, 5: "x".repeat(5_000_000) }),
  "what stands for parts in an object of the user's": { "!part": [floats], rows: { "!part": [0, "Buffer"] } },
  "all of them": {
    floats,
    more: { rows, text, floats: [floats, floats.subarray(7, 9)] },
    map: new Map([["rows", rows]]),
    error: Object.assign(new Error("with a list"), { rows: rows.slice(0, 2000) }),
  },
};

describe("a long value is written in parts and comes back", () => {
  for (const [name, value] of Object.entries(longValues)) {
    test(`${name}`, async () => {
      const content = await write(value);
      expect(content.toString("latin1", 0, 18)).toBe("!millrace-parts/1\n");
      expect(isDeepStrictEqual(await read(content), value)).toBe(true);
    });
  }

  test("a SharedArrayBuffer", async () => {
    const shared = new SharedArrayBuffer(5_000_000);
    new Uint8Array(shared).fill(3);
    const back = await read(await write(shared));
    expect(back).toBeInstanceOf(SharedArrayBuffer);
    expect(Buffer.compare(Buffer.from(back as SharedArrayBuffer), Buffer.from(shared))).toBe(0);
  });

  test("by chunks of any length", async () => {
    const value = longValues["all of them"];
    const content = await write(value);
    let state = 1;
    const uneven = (): number => (state = (state * 7919) % 100_003);
    expect(isDeepStrictEqual(await read(content, uneven), value)).toBe(true);
    const short = await write(longValues["a list of pictures"]);
    expect(isDeepStrictEqual(await read(short, () => 13), longValues["a list of pictures"])).toBe(true);
  });

  test("compressed", async () => {
    const zipped = compressed(serializer);
    const content = await write(rows, zipped);
    expect(content.length).toBeLessThan(serializer.encode(rows).length / 3);
    expect(isDeepStrictEqual(await read(content, () => 1000, zipped), rows)).toBe(true);
    expect(await read(zipped.encode([1, 2]) as Uint8Array, () => 7, zipped)).toEqual([1, 2]);
    const plainRows = rows.map(({ name }) => name);
    const plain = compressed({ name: "plain", encode: JSON.stringify, decode: (bytes) => JSON.parse(String(bytes)) });
    expect(plain.encodeStream?.(plainRows)).toBeNull();
    expect(await read(plain.encode(plainRows) as Uint8Array, () => 1000, plain)).toEqual(plainRows);
  });
});

test("the format stays what it is from version to version", async () => {
  const value = {
    n: new Uint8Array(4_200_000).fill(1),
    list: Array(2000).fill("x".repeat(1000)),
    t: "é".repeat(2 ** 20),
  };
  const content = await write(value);
  const json = '{"n":{"!part":[0,"Uint8Array"]},"list":{"!part":[1]},"t":{"!part":[2]}}';
  const start = Buffer.concat([
    Buffer.from("!millrace-parts/1\n"),
    Buffer.from("V\0\0\0\x03\0\0\0\0\0\0\0", "latin1"),
    Buffer.from([json.length]),
    Buffer.from(json),
    Buffer.from("B\0\0\0\0\0\0\0\0\0\x40\x16\x40", "latin1"),
  ]);
  expect(content.subarray(0, start.length).toString("latin1")).toBe(start.toString("latin1"));
  expect(createHash("sha256").update(content).digest("hex")).toBe(
    "75105cd7ab89bdc7c3ed2de5d1d232f4f1204f45ee17d7970459289f408caf94",
  );
});

describe("is read as a stream too:", () => {
  test.each<[string, string, unknown]>([
    ["a short text", '{"a":[1,{"!bigint":"2"}]}', { a: [1, 2n] }],
    ["nothing but a tag", '{"!":"undefined"}', undefined],
    ["a text of one character", "1", 1],
  ])("%s", async (_, content, value) => {
    expect(await read(Buffer.from(content), () => 1)).toEqual(value);
  });

  test("a long one that was written whole, as all were by earlier versions", async () => {
    const whole = serializer.encode({ floats, rows }) as string;
    expect(whole).toMatch(/^\{"floats":\{"!bytes":\["Float64Array","/);
    expect(isDeepStrictEqual(await read(Buffer.from(whole), () => 100_000), { floats, rows })).toBe(true);
  });
});

describe("what cannot be kept is refused where it is,", () => {
  const long = Array.from({ length: 2000 }, () => "x".repeat(3000));
  const cyclic: unknown[] = [...long];
  cyclic.push({ deep: [cyclic] });
  test.each<[string, unknown, string, RegExp]>([
    ["in a list", [...long, { a: [() => 1] }], "result[2000].a[0]", /is a function/],
    ["in a list in a list", { rows: [{ x: [...long, Symbol("s")] }] }, "result.rows[0].x[2000]", /is a symbol/],
    ["beside long parts", { floats, long, open: Promise.resolve() }, "result.open", /is a promise/],
    [
      "in a map",
      new Map<number, unknown>(long.map((item, id) => [id, id === 1999 ? () => 1 : item])),
      "result<value 1999>",
      /function/,
    ],
    ["a list that refers back", cyclic, "result[2000].deep[0]", /refers back/],
  ])("%s", async (_, value, path, reason) => {
    const refused = await write(value).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(Unserializable);
    expect(refused).toMatchObject({ path, reason: expect.stringMatching(reason) });
  });

  test("and an error is kept without it", async () => {
    const error = Object.assign(new Error("x"), { rows: [...long, () => 1], status: 1 });
    const back = await read(await write([floats, error]));
    expect(back).toMatchObject([{ length: 600_000 }, { message: "x", status: 1 }]);
    expect((back as unknown[])[1]).not.toHaveProperty("rows");
  });
});

describe("says that it cannot be read:", () => {
  const unreadable = { code: "RESULT_UNREADABLE" };

  test("content that ends too early, wherever that is", async () => {
    const content = await write(longValues["all of them"]);
    for (const end of [18, 20, 31, 200, 4_000_000, content.length - 13, content.length - 1]) {
      await expect(read(content.subarray(0, end))).rejects.toMatchObject(unreadable);
    }
  });

  test("content with more at its end", async () => {
    const content = await write(rows);
    await expect(read(Buffer.concat([content, Buffer.from("x")]))).rejects.toMatchObject(unreadable);
  });

  test.each([
    "!millrace-parts/1\nX\0\0\0\0\0\0\0\0\0\0\0\x011",
    "!millrace-parts/1\nV\0\0\0\0\xff\xff\xff\xff\xff\xff\xff\xff1",
    '!millrace-parts/1\nV\0\0\0\0\0\0\0\0\0\0\0\x0d{"!part":[0]}',
    "!millrace-parts/2\nV\0\0\0\0\0\0\0\0\0\0\0\x011",
    '{"!part":[0]}',
  ])("%j", async (content) => {
    await expect(read(Buffer.from(content, "latin1"))).rejects.toMatchObject(unreadable);
  });
});

describe("lets its source go when it gives up on it:", () => {
  const zipped = compressed(serializer);

  test.each([serializer, zipped])("$name", async (by) => {
    const content = Buffer.concat([Buffer.from("!millrace-parts/1\nX"), randomBytes(2_000_000)]);
    const written = by === zipped ? gzipSync(content) : content;
    let isOpen = true;
    async function* chunks() {
      try {
        for (let at = 0; at < written.length; at += 1000) yield written.subarray(at, at + 1000);
      } finally {
        isOpen = false;
      }
    }
    await expect(by.decodeStream?.(chunks())).rejects.toMatchObject({ code: "RESULT_UNREADABLE" });
    await expect.poll(() => isOpen).toBe(false);
  });
});

test("no short value is a stream", () => {
  for (const value of [1, "x", null, undefined, [1, 2], { a: new Uint8Array(100) }, rows.slice(0, 100), () => 1]) {
    expect(serializer.encodeStream?.(value)).toBeNull();
  }
});

test("an encode put over the serializer is asked for long values too", () => {
  for (const base of [serializer, compressed(serializer)]) {
    const own: ResultSerializer = { ...base, encode: () => "sealed" };
    expect(own.encodeStream?.(rows)).toBeUndefined();
    expect("decodeStream" in own).toBe(false);
  }
});

describe("guesses how long a value is", () => {
  test.each<[string, unknown, number]>([
    ["a list of rows", rows, serializer.encode(rows).length],
    ["a text", text, text.length],
    ["a buffer deep in an object", { a: { b: [{ c: { d: floats } }] } }, floats.byteLength],
    [
      "one beside many",
      { ...Object.fromEntries([...Array(20).keys()].map((n) => [`k${n}`, n])), floats },
      floats.byteLength,
    ],
  ])("%s", (_, value, bytes) => {
    expect(guessBytes(value) / bytes).toBeGreaterThan(0.5);
    expect(guessBytes(value) / bytes).toBeLessThan(2);
  });

  test("from a few of its parts", () => {
    let reads = 0;
    const counted = {
      get a() {
        reads++;
        return "x";
      },
    };
    guessBytes(Array.from({ length: 10_000 }, () => [counted, counted]));
    expect(reads).toBeGreaterThan(0);
    expect(reads).toBeLessThan(100);
  });

  test("and takes a getter that throws for nothing", () => {
    expect(
      guessBytes({
        get a() {
          throw new Error("no");
        },
      }),
    ).toBe(0);
  });
});
