/** Which addresses that somebody else has written may be followed, and which may be shown as an image. */

const followed = new Set(["http:", "https:", "mailto:"]);

/** The address to follow; null for one that would do something else than open a page. */
export function safeLink(address: string, base: string): string | null {
  try {
    const url = new URL(address, base);
    return followed.has(url.protocol) ? url.href : null;
  } catch {
    return null;
  }
}

/** The address of an image that is in the page already, or on our own server; null for one that would be fetched from elsewhere. */
export function safeImage(address: string, base: string): string | null {
  try {
    const url = new URL(address, base);
    if (url.protocol === "data:") return /^data:image\//i.test(address.trim()) ? url.href : null;
    return followed.has(url.protocol) && url.origin === new URL(base).origin ? url.href : null;
  } catch {
    return null;
  }
}
