/** HTML of somebody else's: in a frame of its own that runs nothing, reaches nothing of ours, and loads nothing. */

import { useState } from "react";
import { styleNonce } from "../../app/style-nonce.ts";
import { Button } from "../../ui/button.tsx";
import { Code } from "../../ui/panel.tsx";
import { toFrameHeight } from "./frame-height.ts";

/** In the frame, before anything of theirs: nothing is fetched from elsewhere, also where the page's own policy is lost. */
const policy = `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'; font-src data:">`;

/** The frame is held to the page's policy too, by which a style sheet is let in that has its nonce. */
const letStylesIn = (html: string): string =>
  html.replaceAll(/<style(?=[\s/>])/gi, (tag) => `${tag} nonce="${styleNonce}"`);

export function HtmlView({ html, label }: { readonly html: string; readonly label: string }) {
  const [isSource, setSource] = useState(false);
  return (
    <div className="flex min-w-0 flex-col gap-2">
      {isSource ? (
        <Code text={html} label={`${label}: source`} />
      ) : (
        <iframe
          title={label}
          sandbox=""
          referrerPolicy="no-referrer"
          srcDoc={policy + letStylesIn(html)}
          style={{ height: toFrameHeight(html) }}
          className="w-full resize-y rounded-control border border-line bg-white"
        />
      )}
      <Button kind="quiet" className="self-start" aria-pressed={isSource} onClick={() => setSource(!isSource)}>
        {isSource ? "Show the page" : "Show the source"}
      </Button>
    </div>
  );
}
