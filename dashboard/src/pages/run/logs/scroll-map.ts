/**
 * Which rows are in view. Browsers clamp the height of an element (17.9 million px in Firefox), so beyond that the height
 * of the content is less than its rows, and places are mapped by ratio.
 */

export const rowHeight = 20;
/** px. */
export const maxHeight = 16_000_000;

export interface ScrollSize {
  readonly rowCount: number;
  /** Of the view, in px. */
  readonly viewHeight: number;
}

/** The height of what is scrolled, in px. */
export function toHeight({ rowCount }: ScrollSize): number {
  return Math.min(maxHeight, rowCount * rowHeight);
}

/** The row at the top of the view, with a fraction. */
export function toTopRow(size: ScrollSize, scrollTop: number): number {
  const range = toHeight(size) - size.viewHeight;
  if (range <= 0) return 0;
  return Math.max(0, Math.min(1, scrollTop / range)) * lastTop(size);
}

export function toScrollTop(size: ScrollSize, topRow: number): number {
  const last = lastTop(size);
  if (last <= 0) return 0;
  return Math.max(0, Math.min(1, topRow / last)) * (toHeight(size) - size.viewHeight);
}

/** The top row when the last row is at the bottom. */
export function lastTop({ rowCount, viewHeight }: ScrollSize): number {
  return Math.max(0, rowCount - viewHeight / rowHeight);
}

/** The top row at which a row is in view, moving as little as that takes; or in the middle when it was far away. */
export function toReveal(size: ScrollSize, topRow: number, row: number): number {
  const rows = size.viewHeight / rowHeight;
  if (row >= topRow && row + 1 <= topRow + rows) return topRow;
  const isNear = row >= topRow - 2 && row <= topRow + rows + 2;
  const wanted = isNear ? (row < topRow ? row : row + 1 - rows) : row - rows / 3;
  return Math.max(0, Math.min(lastTop(size), wanted));
}
