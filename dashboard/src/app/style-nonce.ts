/** What the page's policy lets style sheets in by that are made here: the server tells it, another one with each page. */
export const styleNonce: string = document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.nonce ?? "";
