import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { readProcessIdentity } from "../kit/process-identity.ts";
import { findServers, noteServer } from "./noted-servers.ts";

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "millrace-servers-"));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

test("a server is found while it runs", () => {
  expect(findServers(home)).toEqual([]);
  const note = noteServer(home, "http://127.0.0.1:4270");
  expect(findServers(home)).toEqual([{ url: "http://127.0.0.1:4270", process: readProcessIdentity() }]);
  note.remove();
  expect(findServers(home)).toEqual([]);
  note.remove();
});

test("what a killed server has left is no server, and neither is what nobody can read or another machine has", () => {
  const folder = join(home, "servers");
  mkdirSync(folder);
  const own = readProcessIdentity();
  const write = (name: string, note: unknown): void =>
    writeFileSync(join(folder, name), typeof note === "string" ? note : JSON.stringify(note));
  const url = "http://127.0.0.1:1";
  write("1.json", { url, process: { ...own, startToken: "another process of the same number" } });
  write("2.json", { url, process: { ...own, host: "another-machine" } });
  write("3.json", "{");
  write("4.json", { url });
  write("note.txt", "");
  expect(findServers(home)).toEqual([]);
  expect(readdirSync(folder).toSorted()).toEqual(["2.json", "3.json", "4.json", "note.txt"]);
});

test("a server works where no note can be left", () => {
  writeFileSync(join(home, "servers"), "");
  noteServer(home, "http://127.0.0.1:1").remove();
  expect(findServers(home)).toEqual([]);
});
