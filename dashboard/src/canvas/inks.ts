/** The colours of the style sheet, as a canvas needs them: read when the theme changes, not when something is drawn. */

import { families, type Family } from "../states/families.ts";

export interface Inks {
  readonly background: string;
  readonly panel: string;
  readonly line: string;
  readonly foreground: string;
  readonly muted: string;
  readonly faint: string;
  readonly accent: string;
  readonly selected: string;
  readonly hover: string;
  readonly states: Readonly<Record<Family, string>>;
  /** Of completed work where there is much of it: normal is almost grey. */
  readonly quietCompleted: string;
  /** For canvases: the same fonts as the page. */
  readonly font: string;
}

export function readInks(): Inks {
  const style = getComputedStyle(document.documentElement);
  const read = (name: string): string => style.getPropertyValue(`--${name}`).trim();
  return {
    background: read("bg"),
    panel: read("panel"),
    line: read("line"),
    foreground: read("fg"),
    muted: read("muted"),
    faint: read("faint"),
    accent: read("accent"),
    selected: read("selected"),
    hover: read("hover"),
    states: Object.fromEntries(families.map((family) => [family, read(family)])) as Record<Family, string>,
    quietCompleted: `color-mix(in oklab, ${read("completed")} ${read("dense-completed")}, ${read("panel")})`,
    font: "system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', sans-serif",
  };
}
