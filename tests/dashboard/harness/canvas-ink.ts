/** What is drawn on the canvases of a timeline, read from their pixels. */

import type { Page } from "playwright-core";

/** Of the page's canvases that of the minimap and the axis comes first, then that of the rows. */
export type Drawing = "head" | "body";

export interface Line {
  readonly on: Drawing;
  /** From its top, in CSS pixels. */
  readonly y: number;
}

/** Of a line across: in which of so many equal parts there is more than background and the lines of the axis. */
export async function readInk(page: Page, line: Line, parts: number): Promise<readonly boolean[]> {
  const colors = await readLine(page, line);
  const empty = await readColors(page, ["--bg", "--panel", "--line", "--hover", "--selected"]);
  const width = colors.length / parts;
  return Array.from({ length: parts }, (_, part) => {
    const own = colors.slice(Math.ceil(part * width), Math.floor((part + 1) * width));
    return own.filter((color) => !empty.includes(color)).length > own.length / 10;
  });
}

/** Of a line across: where it has the colour of the style sheet, in CSS pixels from the left, one for what lies together. */
export async function findColor(page: Page, line: Line, name: `--${string}`): Promise<readonly number[]> {
  const colors = await readLine(page, line);
  const [wanted] = await readColors(page, [name]);
  return colors.flatMap((color, x) => (color === wanted && colors[x - 1] !== wanted ? [x] : []));
}

/** The middle of each row that is in view, from the top of the canvas, by its name. */
export async function readRows(page: Page): Promise<ReadonlyMap<string, number>> {
  const rows = await page.evaluate(() => {
    const scrolled = document.querySelector("[data-timeline]")?.scrollTop ?? 0;
    return [...document.querySelectorAll<HTMLElement>('[role="treegrid"] [role="row"]')].map((row) => {
      const cells = [...row.querySelectorAll('[role="gridcell"]')].map((cell) => cell.textContent ?? "");
      // Rows of task runs begin with the glyph of their state.
      const name = cells.find((text) => text !== "") ?? "";
      return [name, row.offsetTop - scrolled + row.offsetHeight / 2] as const;
    });
  });
  return new Map(rows);
}

/** One colour a CSS pixel: what lies between two is left out. */
function readLine(page: Page, { on, y }: Line): Promise<readonly string[]> {
  return page.evaluate(
    ({ place, top }) => {
      const canvas = document.querySelectorAll<HTMLCanvasElement>("main canvas")[place];
      const context = canvas?.getContext("2d");
      if (canvas === undefined || context === null || context === undefined) return [];
      const ratio = canvas.width / canvas.clientWidth;
      const { data } = context.getImageData(0, Math.round(top * ratio), canvas.width, 1);
      return Array.from({ length: canvas.clientWidth }, (_, x) => {
        const at = Math.floor((x + 0.5) * ratio) * 4;
        return data.slice(at, at + 3).join(" ");
      });
    },
    { place: on === "head" ? 0 : 1, top: y },
  );
}

/** As they come out on a canvas. */
function readColors(page: Page, names: readonly string[]): Promise<readonly string[]> {
  return page.evaluate((wanted) => {
    const context = Object.assign(document.createElement("canvas"), { width: 1, height: 1 }).getContext("2d");
    const style = getComputedStyle(document.documentElement);
    return wanted.map((name) => {
      if (context === null) return "";
      context.fillStyle = style.getPropertyValue(name).trim();
      context.fillRect(0, 0, 1, 1);
      return context.getImageData(0, 0, 1, 1).data.slice(0, 3).join(" ");
    });
  }, names);
}
