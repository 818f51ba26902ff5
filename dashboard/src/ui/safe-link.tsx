import { ExternalLink } from "lucide-react";
import type { ReactNode } from "react";
import { safeImage, safeLink } from "./safe-address.ts";

/** A link that somebody else has written: it opens beside, and learns nothing of us. What does not lead to a page is text. */
export function SafeLink({ address, children }: { readonly address: string; readonly children: ReactNode }) {
  const target = safeLink(address, document.baseURI);
  if (target === null) return <span title={address}>{children}</span>;
  return (
    <a href={target} target="_blank" rel="noopener noreferrer" className="link break-words" title={address}>
      {children}
      <ExternalLink size={11} className="ml-0.5 inline align-baseline" aria-label="(opens beside)" />
    </a>
  );
}

/** An image that is here already; one that is elsewhere is a link to it, since showing it would tell them who looks. */
export function SafeImage({ address, description }: { readonly address: string; readonly description: string }) {
  const source = safeImage(address, document.baseURI);
  if (source !== null)
    return <img src={source} alt={description} loading="lazy" className="max-h-[70vh] max-w-full self-start" />;
  const name = description === "" ? address : `${description}: ${address}`;
  return <SafeLink address={address}>Image {name.length > 200 ? `${name.slice(0, 200)}…` : name}</SafeLink>;
}
