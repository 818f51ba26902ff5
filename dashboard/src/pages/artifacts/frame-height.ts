/**
 * How tall a frame of somebody else's HTML begins. The frame has no origin, so nothing can be measured in it: it is judged by
 * its text, and whoever wants more of it pulls at its corner.
 */

const leastPx = 96;
const mostPx = 384;

/** What has a height of its own, or gives one to others. */
const ofOwnHeight = /<(style|link|img|svg|iframe|video|canvas|object|picture|hr|details)\b|\sstyle\s*=|\sheight\s*=/i;
const block = /<(p|h[1-6]|div|li|tr|br|pre|section|article|header|footer|blockquote|dt|dd)\b/gi;
const heading = /<h[1-3]\b/gi;

const blockPx = 34;
const headingPx = 32;
const linePx = 20;
/** Of a line of a narrow frame. */
const charactersOfLine = 60;
/** Around all of it. */
const marginPx = 32;

export function toFrameHeight(html: string): number {
  // Such a one is as tall as there is room for.
  if (ofOwnHeight.test(html) || html.length > 20_000) return mostPx;
  const count = (pattern: RegExp): number => html.match(pattern)?.length ?? 0;
  const text = html.replace(/<[^>]*>/g, "");
  const lines = text.length / charactersOfLine + (/<pre\b/i.test(html) ? count(/\n/g) : 0);
  const px = marginPx + count(block) * blockPx + count(heading) * headingPx + Math.ceil(lines) * linePx;
  return Math.min(mostPx, Math.max(leastPx, px));
}
