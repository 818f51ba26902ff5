import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import { defineConfig, type Plugin } from "vite";
import { licensesOf, packageFolder } from "../tools/licenses.ts";

const outDir = join(import.meta.dirname, "../packages/millrace/dist/dashboard");

/** Beside each file that is worth it, the same packed as small as it gets: the server sends it as it is. */
let builtTo = "";
const packFiles: Plugin = {
  name: "pack-files",
  apply: "build",
  configResolved({ root, build }) {
    builtTo = resolve(root, build.outDir);
  },
  closeBundle() {
    for (const entry of readdirSync(builtTo, { recursive: true, encoding: "utf8" })) {
      if (!/\.(js|css|svg)$/.test(entry)) continue;
      const path = join(builtTo, entry);
      const content = readFileSync(path);
      const quality = { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY };
      writeFileSync(`${path}.br`, brotliCompressSync(content, { params: quality }));
      writeFileSync(`${path}.gz`, gzipSync(content, { level: 9 }));
    }
  },
};

const licences: Plugin = {
  name: "licences",
  apply: "build",
  generateBundle() {
    const folders = [...this.getModuleIds()].flatMap((id) => packageFolder(id.replace("\0", "")) ?? []);
    this.emitFile({ type: "asset", fileName: "third-party-licenses.txt", source: licensesOf(folders) });
  },
};

/** Sonner makes its style sheet as it is loaded, and knows no nonce, without which the page's policy keeps it out. */
const sonnerStyles: Plugin = {
  name: "sonner-styles",
  enforce: "pre",
  transform(code, id) {
    if (!/[\\/]sonner[\\/]dist[\\/]index\.mjs$/.test(id.split("?", 1)[0] ?? "")) return null;
    const made = "let style = document.createElement('style')";
    if (!code.includes(made)) throw new Error("Sonner makes its style sheet in another way now: see vite.config.ts");
    const nonce = `document.querySelector('meta[property="csp-nonce"]')?.nonce ?? ""`;
    return { code: code.replace(made, `${made}; style.nonce = ${nonce}`), map: null };
  },
};

export default defineConfig({
  root: import.meta.dirname,
  // Under whatever path it is served: the server writes into the page where that is.
  base: "./",
  resolve: { conditions: ["millrace-source", "browser", "module", "import", "default"] },
  plugins: [sonnerStyles, react(), tailwindcss(), licences, packFiles],
  build: {
    outDir,
    emptyOutDir: true,
    target: "es2024",
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
  server: {
    proxy: { "/v1": process.env.MILLRACE_API_URL ?? "http://127.0.0.1:4270" },
  },
});
