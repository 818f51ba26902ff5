#!/usr/bin/env node
// Makes a clone ready to work in, then runs a command in it: node tools/bootstrap.mjs [command [argument ...]]
//
// Ready means: node_modules holds what package-lock.json names, installed by npm running under Node 24, and Node 24 stands
// first in PATH. When that is so already, this costs some tens of milliseconds. Plain JavaScript for Node 20, because it
// runs before Node 24 is here.
import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { constants } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const scratch = join(root, ".bootstrap");
const neededMajor = 24;

// The Node of the lockfile: a registry package that is nothing but the binary. Where there is none for a platform, the
// Node that the machine has must do.
const nodePackage = `node-${process.platform === "win32" ? "win" : process.platform}-${process.arch}`;
const nodeBinary = join("node_modules", nodePackage, "bin", process.platform === "win32" ? "node.exe" : "node");
const isPackaged = nodePackage in (readJson("package.json")?.optionalDependencies ?? {});
const ownMajor = Number(process.versions.node.split(".")[0]);

function readJson(path) {
  try {
    return JSON.parse(readFileSync(join(root, path), "utf8"));
  } catch (error) {
    if (error.code === "ENOENT") return undefined;
    throw error;
  }
}

function say(line) {
  process.stderr.write(`millrace: ${line}\n`);
}

function stop(line) {
  say(line);
  process.exit(1);
}

// npm writes node_modules/.package-lock.json last, so an interrupted install has none. Optional packages are those of
// other platforms; of these only Node itself matters here.
function isInstalled() {
  const wanted = readJson("package-lock.json")?.packages;
  const found = readJson("node_modules/.package-lock.json")?.packages;
  if (wanted === undefined) stop("package-lock.json is missing; restore it with git.");
  if (found === undefined || (isPackaged && !existsSync(join(root, nodeBinary)))) return false;
  return Object.entries(wanted).every(([path, { version, integrity, link, optional, peer }]) => {
    if (!path.startsWith("node_modules/") && !path.includes("/node_modules/")) return true;
    const present = found[path];
    if (present === undefined) return optional === true || peer === true;
    return link === true ? present.link === true : present.version === version && present.integrity === integrity;
  });
}

function findNpm() {
  const beside = dirname(realpathSync(process.execPath));
  const candidates = [
    process.env.npm_execpath ?? "",
    join(beside, "..", "lib", "node_modules", "npm", "bin", "npm-cli.js"),
    join(beside, "node_modules", "npm", "bin", "npm-cli.js"),
    ...(process.env.PATH ?? "").split(delimiter).map((folder) => join(folder, "npm")),
  ];
  for (const candidate of candidates) {
    if (!existsSync(candidate)) continue;
    const file = realpathSync(candidate);
    if (file.endsWith("npm-cli.js")) return file;
  }
  return stop("npm was not found. Install npm, then try again.");
}

function runNpm(node, cwd, args) {
  const env = { ...process.env, PATH: [dirname(node), process.env.PATH].join(delimiter) };
  delete env.npm_config_local_prefix;
  const { status, error } = spawnSync(node, [findNpm(), ...args], { cwd, env, stdio: ["ignore", 2, 2] });
  if (error) throw error;
  if (status !== 0) stop(`npm ${args.join(" ")} failed (exit code ${status}); its messages are above.`);
}

// npm resolves versions for the Node that runs it, and an install replaces node_modules, so Node 24 is first fetched to a
// folder of its own, checked against the lockfile like any other package.
function fetchNode() {
  const folder = join(scratch, "node");
  const entry = readJson("package-lock.json").packages[`node_modules/${nodePackage}`];
  const manifest = { name: "node-24", version: "0.0.0", private: true, dependencies: { [nodePackage]: entry.version } };
  const packages = { "": manifest, [`node_modules/${nodePackage}`]: { ...entry, optional: undefined } };
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "package.json"), JSON.stringify(manifest));
  writeFileSync(join(folder, "package-lock.json"), JSON.stringify({ ...manifest, lockfileVersion: 3, packages }));
  say(`getting Node ${entry.version} (this machine runs ${process.version})`);
  runNpm(process.execPath, folder, ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]);
  return join(folder, nodeBinary);
}

function install() {
  const node = ownMajor >= neededMajor ? process.execPath : fetchNode();
  say("installing dependencies (npm ci)");
  runNpm(node, root, ["ci", "--no-audit", "--no-fund", "--loglevel=error"]);
  rmSync(join(scratch, "node"), { recursive: true, force: true });
  if (!isInstalled()) {
    stop("npm ci left node_modules different from package-lock.json. Delete node_modules and try again.");
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === "EPERM";
  }
}

// One install at a time: the holder's process id is in the lock file; the lock of a dead process is broken.
async function withLock(action) {
  const lock = join(scratch, "lock");
  mkdirSync(scratch, { recursive: true });
  for (let waits = 0; ; waits += 1) {
    try {
      writeFileSync(lock, String(process.pid), { flag: "wx" });
      break;
    } catch (error) {
      if (error.code !== "EEXIST") throw error;
    }
    const holder = Number(existsSync(lock) ? readFileSync(lock, "utf8") : 0);
    if (holder > 0 && !isAlive(holder)) rmSync(lock, { force: true });
    else if (waits === 0) say(`waiting for the install of process ${holder}`);
    await sleep(200);
  }
  try {
    action();
  } finally {
    rmSync(lock, { force: true });
  }
}

function run([command, ...args]) {
  const folders = [join(root, "node_modules", ".bin"), ...(isPackaged ? [dirname(join(root, nodeBinary))] : [])];
  const env = { ...process.env, PATH: [...folders, process.env.PATH].join(delimiter) };
  const child = spawn(command, args, { stdio: "inherit", env, shell: process.platform === "win32" });
  // A terminal sends its interrupt to the child as well; the child decides what to do with it.
  process.on("SIGINT", () => {});
  for (const signal of ["SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
  child.on("error", (error) => stop(`${command} cannot be started: ${error.message}`));
  child.on("exit", (code, signal) => process.exit(code ?? 128 + constants.signals[signal]));
}

if (!isPackaged && ownMajor < neededMajor) {
  stop(
    `needs Node ${neededMajor} or newer; this is ${process.version}, and there is no package of it for ${nodePackage}.`,
  );
}
if (!isInstalled()) {
  await withLock(() => {
    if (!isInstalled()) install();
  });
}
if (process.argv.length > 2) run(process.argv.slice(2));
