import { expect, test } from "vitest";
import { safeImage, safeLink } from "./safe-address.ts";

const base = "https://mill.test/ui/";

test.each([
  ["https://else.test/a", "https://else.test/a"],
  ["report", "https://mill.test/ui/report"],
  ["javascript:alert(1)", null],
  ["java\nscript:alert(1)", null],
  [" JAVASCRIPT:alert(1)", null],
  ["data:text/html,<script>", null],
  ["vbscript:x", null],
  ["http://[", null],
])("a link to %j leads to %j", (address, target) => expect(safeLink(address, base)).toBe(target));

test.each([
  ["https://else.test/a.png", null],
  ["//else.test/a.png", null],
  ["a.png", "https://mill.test/ui/a.png"],
  ["data:image/png;base64,AA==", "data:image/png;base64,AA=="],
  ["data:text/html,x", null],
])("an image at %j is shown from %j", (address, target) => expect(safeImage(address, base)).toBe(target));
