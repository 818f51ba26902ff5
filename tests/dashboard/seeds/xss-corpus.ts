/**
 * Texts that would run a script, load something from elsewhere, or break the page, wherever they were taken for more than
 * text. Each script sets `window.__xss`.
 */

const call = "window.__xss=1";

const vectors: readonly string[] = [
  `<script>${call}</script>`,
  `<img src=x onerror="${call}">`,
  `<img src="https://evil.example/x.png">`,
  `<svg onload="${call}">`,
  `<svg><script>${call}</script></svg>`,
  `<svg><animate onbegin="${call}" attributeName=x dur=1s>`,
  `<svg><use href="data:image/svg+xml,<svg id=x xmlns='http://www.w3.org/2000/svg' onload='${call}'/>#x">`,
  `<iframe src="javascript:parent.__xss=1"></iframe>`,
  `<iframe srcdoc="<script>parent.${call}</script>"></iframe>`,
  `<object data="javascript:${call}"></object>`,
  `<embed src="javascript:${call}">`,
  `<body onload="${call}">`,
  `<details open ontoggle="${call}">x</details>`,
  `<video><source onerror="${call}"></video>`,
  `<audio src onerror="${call}">`,
  `<input autofocus onfocus="${call}">`,
  `<select autofocus onfocus="${call}">`,
  `<marquee onstart="${call}">x</marquee>`,
  `<a href="javascript:${call}" autofocus>x</a>`,
  `<form action="javascript:${call}"><button>x</button></form>`,
  `<math><mtext><mglyph><style><img src=x onerror="${call}">`,
  `<template><script>${call}</script></template>`,
  `<noscript><p title="</noscript><img src=x onerror=${call}>">`,
  `<style>@import url(https://evil.example/x.css);</style>`,
  `<link rel=stylesheet href="https://evil.example/x.css">`,
  `<base href="https://evil.example/">`,
  `<meta http-equiv=refresh content="0;url=https://evil.example/">`,
  `<p style="background:url(https://evil.example/x)">x</p>`,
  `javascript:${call}`,
  `JaVaScRiPt:${call}`,
  `java\nscript:${call}`,
  `data:text/html,<script>${call}</script>`,
  `vbscript:${call}`,
  `//evil.example/x`,
  `[x](javascript:${call})`,
  `![x](https://evil.example/x.png)`,
  `<javascript:${call}>`,
  `[x]: javascript:${call}\n[x]`,
  "```html\n<script>" + call + "</script>\n```",
  `$\{${call}}`,
  `{{constructor.constructor('${call}')()}}`,
  `<%= ${call} %>`,
  `';${call};//`,
  `";${call};//`,
  `\`;${call};//`,
  `</script><script>${call}</script>`,
  `</title><script>${call}</script>`,
  `--><script>${call}</script>`,
  `]]><script>${call}</script>`,
  `&lt;script&gt;${call}&lt;/script&gt;`,
  `\\u003cscript\\u003e${call}\\u003c/script\\u003e`,
  `%3Cscript%3E${call}%3C/script%3E`,
  `\u001b]8;;javascript:${call}\u0007click\u001b]8;;\u0007`,
  `\u001b[31m<img src=x onerror=${call}>\u001b[0m`,
  `=HYPERLINK("https://evil.example","x")`,
  `@SUM(1+1)*cmd|' /C calc'!A0`,
  `../../../../etc/passwd`,
  `__proto__`,
  `constructor`,
  `\u202Etxt.exe\u202C`,
];

/** How a text is dressed up, so that it gets past whoever looks for the plain one. */
const dresses: readonly ((text: string) => string)[] = [
  (text) => text,
  (text) => text.toUpperCase().replaceAll(call.toUpperCase(), call),
  (text) => `">${text}`,
  (text) => `'>${text}`,
  (text) => `</td></div>${text}`,
  (text) => `\u200F${text}\u200E`,
  (text) => `${text}\n${text}`,
  (text) => `👩‍👩‍👧‍👦${text}`,
  (text) => text.replace("<", "<\u0009"),
  (text) => text.replaceAll(" ", "/"),
];

/** Texts that only take much room, or are hard to draw. */
export const awkward: readonly string[] = [
  "x".repeat(10_000),
  "Wörter ".repeat(1500),
  "one\ntwo\r\nthree\tfour",
  "\u202Eright to left\u202C and \u2067back\u2069",
  "مرحبا بالعالم",
  "Z̸̡̛̤͓a̴̧̛̠l̷̨̻͎g̶̢̛̠o̸̢̠͠",
  "👩🏽‍🚀🏳️‍🌈🧑‍🤝‍🧑".repeat(40),
  " ",
  "\u200B",
  "null",
  "0",
  "﷽".repeat(30),
];

export const corpus: readonly string[] = [...dresses.flatMap((dress) => vectors.map(dress)), ...awkward];

/** Another one each time, in the same order each time. */
export function createPicker(): () => string {
  let at = 0;
  return () => corpus[at++ % corpus.length] ?? "";
}
