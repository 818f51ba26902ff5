/**
 * Looks of the engines at what others want, over all ledgers of the process. What a look asks of a database takes a while, in
 * which the process is held and has events; nothing of the program goes on by that.
 */

/** Of each ledger that has one under way: whether its store is still being asked, and whether that takes more than a turn. */
const underWay = new Map<() => boolean, { isSlow: boolean }>();
/** Counts the slow looks that began, and those that were seen to have ended. */
let changes = 0;

/** Lets an engine look. @param isAsking whether its store has been asked for something that it has not answered */
export function lookFor(isAsking: () => boolean, look: () => void): void {
  if (underWay.has(isAsking)) return look();
  const own = { isSlow: false };
  underWay.set(isAsking, own);
  look();
  setImmediate(() => {
    own.isSlow = isAsking();
    // As SQLite has: it has held nothing.
    if (!own.isSlow) underWay.delete(isAsking);
    else changes++;
  }).unref(); // Else it would itself be seen as under way.
}

/** Gives a function that tells whether a slow look has been under way since it was called before. */
export function watchLooks(): () => boolean {
  let seen = changes;
  return () => {
    let isUnderWay = false;
    for (const [isAsking, { isSlow }] of underWay) {
      if (isAsking()) isUnderWay = true;
      else if (isSlow) {
        underWay.delete(isAsking);
        changes++;
      }
    }
    const hasBeen = isUnderWay || changes !== seen;
    seen = changes;
    return hasBeen;
  };
}
