/** Ways out of a folder, as they are written where a name within it is expected. */

import { join } from "node:path";

const ups = [
  "../",
  "..\\",
  "..//",
  "./../",
  ".../../",
  "..;/",
  "..%2f",
  "..%5c",
  "%2e%2e/",
  "%2e%2e%2f",
  "..%252f",
  "%252e%252e%252f",
  "..%25252f",
  "..%c0%af",
  "%c0%ae%c0%ae/",
  "..%u2215",
  "\uff0e\uff0e/",
  "\u2024\u2024/",
  "..\u2215",
  "..\u2044",
];

const names = [
  "nul",
  "con",
  "aux.txt",
  "com1",
  "lpt1",
  "prn",
  ".",
  "..",
  "...",
  " ",
  "~",
  "~root",
  "-rf",
  "--help",
  ".git/config",
  ".ssh/id_rsa",
  "a:b",
  "C:\\canary",
  "c:canary",
  "\\\\?\\C:\\canary",
  "\\\\server\\share\\canary",
  "//server/share/canary",
];

/** @param canary an absolute path outside of the folder; @param inside the name of a file within */
export function makePathCorpus({
  canary,
  inside,
  folder,
}: {
  readonly canary: string;
  readonly inside: string;
  readonly folder: string;
}): readonly string[] {
  const name = canary.slice(canary.lastIndexOf("/") + 1);
  const relative = ups.flatMap((up) =>
    [1, 2, 3, 8].flatMap((times) => [up.repeat(times) + name, `${inside}/${up.repeat(times + 1)}${name}`]),
  );
  const encoded = encodeURIComponent(canary);
  const absolute = [
    canary,
    `/${canary}`,
    `//${canary}`,
    `file://${canary}`,
    `file:${canary}`,
    `FILE://localhost${canary}`,
    `file:///..${canary}`,
    `vault://file${canary}`,
    `s3:/${canary}`,
    encoded,
    encodeURIComponent(encoded),
    canary.replaceAll("/", "\\"),
    `${folder}/../${name}`,
    `${folder}${canary}`,
    join(folder, "link"),
    "link",
    "link/",
    "link/.",
    "folder-link/canary",
    "folder-link/../canary",
    `./folder-link/${name}`,
  ];
  const cut = [
    `../${name}\0`,
    `../${name}\0.txt`,
    `${inside}\0/../../${name}`,
    `${canary}\0`,
    `../${name}%00`,
    `../${name}%00.txt`,
    `../${name}\n`,
    `../${name}\r\n`,
    `../${name} `,
    `../${name}.`,
    `../${name}/`,
    `../${name}/.`,
    `../${name}?x`,
    `../${name}#x`,
    `../${name};x`,
    `../${name}::$DATA`,
  ];
  const long = [
    "a".repeat(300),
    "a/".repeat(2500),
    `${"../".repeat(1000)}${canary.slice(1)}`,
    `${"x/../".repeat(500)}../${name}`,
    "\u0301".repeat(200),
  ];
  const odd = [
    "",
    "/",
    "\\",
    "__proto__",
    "constructor",
    "\u202e../canary",
    `.${name}`,
    `${inside}/../${inside}/../../${name}`,
    "${HOME}/canary",
    "$(id)",
    "`id`",
    "%HOME%",
    "*",
    "?",
    "{a,b}",
    "[a]",
    "|id",
    ";id",
    "&id",
  ];
  return [
    ...new Set([...relative, ...absolute, ...cut, ...long, ...odd, ...names, ...names.map((each) => `../${each}`)]),
  ];
}
