import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { packTar, unpackTar } from "./tar.ts";

function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "millrace-tar-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

async function* inPieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function pack(files: Readonly<Record<string, string>>): Promise<Buffer> {
  const folder = makeFolder();
  const entries = Object.entries(files).map(([name, text], index) => {
    const path = join(folder, String(index));
    writeFileSync(path, text);
    return { name, path, sizeBytes: Buffer.byteLength(text), isExecutable: false };
  });
  return Buffer.concat(await Array.fromAsync(packTar(entries)));
}

const long = `${"folder-of-a-name/".repeat(8)}größe.txt`;
const files = { "a.txt": "a".repeat(512), "b/c.txt": "c", [long]: "long" };

test("what is packed is read by `tar`, and equal files are equal bytes", async () => {
  const archive = await pack(files);
  expect(await pack(files)).toEqual(archive);
  const folder = makeFolder();
  execFileSync("tar", ["-xf", "-"], { cwd: folder, input: archive });
  for (const [name, text] of Object.entries(files)) expect(readFileSync(join(folder, name), "utf8")).toBe(text);
});

test.each([1, 7, 512, 100_000])("it is unpacked from pieces of %i bytes", async (size) => {
  const folder = makeFolder();
  await unpackTar(inPieces(await pack(files), size), folder);
  for (const [name, text] of Object.entries(files)) expect(readFileSync(join(folder, name), "utf8")).toBe(text);
});

test("what `tar` has packed is read, without its links", async () => {
  const source = makeFolder();
  writeFileSync(join(source, "a.txt"), "a");
  execFileSync("ln", ["-s", "/etc/passwd", "link"], { cwd: source });
  const archive = execFileSync("tar", ["-cf", "-", "a.txt", "link"], { cwd: source });
  const folder = makeFolder();
  await unpackTar(inPieces(archive, 1000), folder);
  expect(readFileSync(join(folder, "a.txt"), "utf8")).toBe("a");
  expect(() => readFileSync(join(folder, "link"))).toThrow("ENOENT");
});

test.each([
  "../out.txt",
  "/etc/out.txt",
  "a/../../out.txt",
  "..\\out.txt",
  `${"long/".repeat(30)}${"../".repeat(31)}x`,
])("an archive that would write to %s is refused", async (name) => {
  await expect(unpackTar(inPieces(await pack({ [name]: "x" }), 512), makeFolder())).rejects.toThrow("outside");
});

/** A block that says of an entry what one would not. */
function headerOf(name: string, { size, type = "0" }: { readonly size: string; readonly type?: string }): Buffer {
  const block = Buffer.alloc(512);
  block.write(name, 0);
  block.write("0000644\0", 100);
  block.write(size, 124);
  block.write(" ".repeat(8), 148);
  block.write(type, 156);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
  return block;
}

async function* bomb(): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < 200_000; at++) yield headerOf(`f${at}/`, { size: "0", type: "5" });
}

test.each<readonly [string, AsyncIterable<Uint8Array>, string]>([
  ["has more entries than one has", bomb(), "more than 100000 entries"],
  [
    "has a name without an end",
    inPieces(headerOf("x", { size: "17777777777", type: "x" }), 512),
    "more than 65536 bytes",
  ],
  ["holds more than a disk", inPieces(headerOf("x", { size: "77777777777" }), 512), "more than 2147483648 bytes"],
  ["goes on after its end", inPieces(Buffer.alloc(2 ** 22), 2 ** 16), "after its end"],
  ["says that a file is shorter than nothing", inPieces(headerOf("x", { size: "-7777777777" }), 512), "no archive"],
])("an archive that %s is refused", async (_, chunks, reason) => {
  await expect(unpackTar(chunks, makeFolder())).rejects.toThrow(reason);
});

test("a file that is there twice is refused", async () => {
  const one = await pack({ "a.txt": "one" });
  const twice = Buffer.concat([one.subarray(0, 1024), one]);
  await expect(unpackTar(inPieces(twice, 512), makeFolder())).rejects.toThrow("EEXIST");
});

test("what is no archive, or is cut off, is refused", async () => {
  const archive = await pack(files);
  await expect(unpackTar(inPieces(archive.subarray(0, 700), 512), makeFolder())).rejects.toThrow("too early");
  await expect(unpackTar(inPieces(Buffer.alloc(600, 7), 512), makeFolder())).rejects.toThrow("no archive");
});
