import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { makeRunFolder, removeLeftFolders } from "./run-folder.ts";

function makeParent(): string {
  const parent = mkdtempSync(join(tmpdir(), "millrace-folders-"));
  onTestFinished(() => rmSync(parent, { recursive: true, force: true }));
  return parent;
}

test("the folder of a run is for its owner alone, and goes with what is in it", () => {
  const parent = makeParent();
  const [one, other] = [makeRunFolder(parent), makeRunFolder(parent)];
  const { path } = one;
  expect(one.env).toEqual({ TMPDIR: path, TMP: path, TEMP: path });
  expect(statSync(path).mode & 0o777).toBe(0o700);
  expect(other.env.TMPDIR).not.toBe(path);
  mkdirSync(join(path, "deep"));
  writeFileSync(join(path, "deep/file"), "left");
  one.remove();
  expect(existsSync(path)).toBe(false);
  expect(readdirSync(parent)).toHaveLength(1);
  one.remove();
});

test("what a worker that is no more has left is removed, and nothing else", () => {
  const parent = makeParent();
  const own = basename(makeRunFolder(parent).env.TMPDIR ?? "");
  const of = (pid: number): string => own.replace(`-${process.pid}-`, `-${pid}-`);
  const elsewhere = "millrace-run-00000000-11-abcdef";
  const names = [of(11), of(12), elsewhere, "others"];
  for (const name of names) mkdirSync(join(parent, name));
  const ended: string[] = [];
  const end = (path: string): void => {
    expect(existsSync(path)).toBe(true);
    ended.push(path);
  };
  removeLeftFolders({ isAlive: (pid) => pid === 12 || pid === process.pid, end, parent });
  expect(readdirSync(parent).toSorted()).toEqual([own, of(12), elsewhere, "others"].toSorted());
  expect(ended).toEqual([join(parent, of(11))]);
  removeLeftFolders({ isAlive: () => false, end, parent: join(parent, "nowhere") });
});
