/**
 * What a disk may hold when the power went: all that was synced, and of what came after it some, in any order. A write may have
 * reached some of its sectors only. Names of a folder come in their order, and are sure once the folder was synced; so is a name
 * that a file is given by renaming it.
 */

import { dirname } from "node:path";
import { pick, type Random } from "../../../packages/millrace/src/kit/random.ts";
import type { DiskOperation } from "./recording.ts";

export interface Image {
  /** After so many operations the power went. */
  readonly at: number;
  readonly files: ReadonlyMap<string, Uint8Array>;
  readonly folders: readonly string[];
  /** What somebody had been told by then, in its order. */
  readonly acknowledged: readonly string[];
}

const sectorBytes = 512;
/** How often nothing survives that was not synced, or all of it, as after the death of a process. */
const [noneShare, allShare] = [0.15, 0.1];
/** Otherwise how much of it does: one of these in an image. */
const keptShares = [0.1, 0.5, 0.9] as const;
const tornShare = 0.3;

/** Content, before the operation `index`. */
type Change = Extract<DiskOperation, { kind: "written" | "cut" }> & { readonly index: number };
interface NameChange {
  readonly index: number;
  readonly path: string;
  /** A file, a folder, or nothing any more. */
  readonly is: number | "folder" | null;
}

/**
 * @param options.points after how many operations the power goes, ascending
 * @param options.root a folder that is there, whatever happens
 */
export function* powerLossImages(options: {
  readonly operations: readonly DiskOperation[];
  readonly points: readonly number[];
  readonly root: string;
  readonly random: Random;
}): Generator<Image, void> {
  const { operations, root, random } = options;
  const disk = createDisk(root, random);
  const acknowledged: string[] = [];
  let index = 0;
  for (const at of options.points) {
    for (; index < at; index++) {
      const operation = operations[index];
      if (operation?.kind === "acknowledged") acknowledged.push(operation.what);
      else if (operation !== undefined) disk.apply(operation, index);
    }
    yield { at, ...disk.draw(random), acknowledged: [...acknowledged] };
  }
}

function createDisk(root: string, ofKernel: Random) {
  /** What is sure to be there. */
  const contents = new Map<number, Content>();
  const names = new Map<string, number | "folder">([[root, "folder"]]);
  /** What is not. */
  const changes = new Map<number, Change[]>();
  const nameChanges = new Map<string, NameChange[]>();
  /** As the processes see it. */
  const seen = new Map<string, number | "folder">([[root, "folder"]]);
  const syncsBegun = new Map<string, number>();
  /** An inode is another file's once its own is deleted. */
  const fileOf = new Map<number, number>();
  let files = 0;

  function name(path: string, is: NameChange["is"], index: number): void {
    if (is === null) seen.delete(path);
    else seen.set(path, is);
    const folder = dirname(path);
    nameChanges.set(folder, [...(nameChanges.get(folder) ?? []), { index, path, is }]);
  }

  function change(made: Change): void {
    const file = fileOf.get(made.inode);
    if (file === undefined) throw new Error(`operation ${made.index} is of a file that was never opened`);
    const list = changes.get(file);
    if (list === undefined) changes.set(file, [made]);
    else list.push(made);
  }

  function settle({ path, inode }: { readonly path: string; readonly inode: number }, before: number): void {
    const file = fileOf.get(inode);
    if (file !== undefined) {
      const own = changes.get(file) ?? [];
      for (const each of own.filter(({ index }) => index < before)) contentOf(contents, file).apply(each);
      changes.set(
        file,
        own.filter(({ index }) => index >= before),
      );
    }
    const ofFolder = nameChanges.get(path) ?? [];
    for (const each of ofFolder.filter(({ index }) => index < before)) setName(names, each);
    nameChanges.set(
      path,
      ofFolder.filter(({ index }) => index >= before),
    );
  }

  /** Of what it was to write the kernel has written some, and forgets the rest. */
  function forget(inode: number, before: number): void {
    const file = fileOf.get(inode);
    if (file === undefined) return;
    const own = changes.get(file) ?? [];
    for (const each of own.filter(({ index }) => index < before)) {
      if (ofKernel() < 0.5) contentOf(contents, file).apply(each);
    }
    changes.set(
      file,
      own.filter(({ index }) => index >= before),
    );
  }

  const begunAt = ({ thread, inode }: { readonly thread: number; readonly inode: number }): number =>
    syncsBegun.get(`${thread} ${inode}`) ?? 0;

  return {
    apply(operation: DiskOperation, index: number): void {
      switch (operation.kind) {
        case "opened":
          if (seen.has(operation.path) && seen.get(operation.path) === fileOf.get(operation.inode)) return;
          fileOf.set(operation.inode, ++files);
          return name(operation.path, files, index);
        case "written":
        case "cut":
          return change({ ...operation, index });
        case "sync-begun":
          syncsBegun.set(`${operation.thread} ${operation.inode}`, index);
          return;
        case "sync-ended":
          return settle(operation, begunAt(operation));
        case "sync-failed":
          return forget(operation.inode, begunAt(operation));
        case "renamed": {
          const is = seen.get(operation.path);
          if (is === undefined) throw new Error(`${operation.path} is renamed, and was never made`);
          name(operation.to, is, index);
          return name(operation.path, null, index);
        }
        case "deleted":
          return name(operation.path, null, index);
        case "folder-made":
          return name(operation.path, "folder", index);
        case "acknowledged":
          return;
      }
    },

    draw(random: Random): Pick<Image, "files" | "folders"> {
      const mode = random();
      const share = mode < noneShare ? 0 : mode < noneShare + allShare ? 1 : pick(random, keptShares);
      const there = new Map(names);
      for (const list of nameChanges.values()) {
        const count = share === 1 ? list.length : share === 0 ? 0 : Math.floor(random() * (list.length + 1));
        for (const each of list.slice(0, count)) setName(there, each);
      }
      const isThere = (path: string): boolean => path === root || (there.has(path) && isThere(dirname(path)));
      const found = [...there].filter(([path]) => isThere(path));
      const kept = found.flatMap(([path, is]): [string, Uint8Array][] => {
        if (is === "folder") return [];
        const content = (contents.get(is) ?? createContent()).copy();
        for (const each of changes.get(is) ?? []) applySome(content, each, { share, random });
        return [[path, content.bytes()]];
      });
      return { files: new Map(kept), folders: found.flatMap(([path, is]) => (is === "folder" ? [path] : [])) };
    },
  };
}

function setName(names: Map<string, number | "folder">, { path, is }: NameChange): void {
  if (is === null) names.delete(path);
  else names.set(path, is);
}

function applySome(
  content: Content,
  change: Change,
  { share, random }: { readonly share: number; readonly random: Random },
): void {
  if (share < 1 && random() >= share) return;
  if (change.kind === "cut" || share === 1 || random() >= tornShare) return content.apply(change);
  const { offset, data } = change;
  for (let from = 0; from < data.length; ) {
    const to = Math.min(data.length, from + sectorBytes - ((offset + from) % sectorBytes));
    if (random() < 0.5) content.apply({ ...change, offset: offset + from, data: data.subarray(from, to) });
    from = to;
  }
}

interface Content {
  apply(change: Change): void;
  copy(): Content;
  bytes(): Uint8Array;
}

function contentOf(contents: Map<number, Content>, inode: number): Content {
  const known = contents.get(inode);
  if (known !== undefined) return known;
  const made = createContent();
  contents.set(inode, made);
  return made;
}

function createContent(from: Uint8Array = new Uint8Array()): Content {
  let bytes = new Uint8Array(from);
  let size = bytes.length;

  function grow(to: number): void {
    if (to > bytes.length) {
      const bigger = new Uint8Array(Math.max(to, bytes.length * 2));
      bigger.set(bytes.subarray(0, size));
      bytes = bigger;
    }
    size = Math.max(size, to);
  }

  return {
    apply(change) {
      if (change.kind === "written") {
        grow(change.offset + change.data.length);
        bytes.set(change.data, change.offset);
        return;
      }
      if (change.size > size) return grow(change.size);
      bytes.fill(0, change.size, size);
      size = change.size;
    },
    copy: () => createContent(bytes.subarray(0, size)),
    bytes: () => bytes.subarray(0, size),
  };
}
