/**
 * Preloaded (`node --import`) into the processes that execute runs under `millrace dev`, and into their threads: what they
 * import is the code that their deployment was registered with.
 */

import { codeCopyFolder } from "../settings.ts";
import { importByCopies } from "./code-copy.ts";

const folder = codeCopyFolder();
if (folder !== null) importByCopies({ folder });
