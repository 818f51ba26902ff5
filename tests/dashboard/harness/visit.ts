/** A page of the dashboard, opened and watched: what no page may do makes the visit fail, whatever it was for. */

import type { Browser, BrowserContext, ConsoleMessage, Page, Request } from "playwright-core";

export type Theme = "light" | "dark";

export interface VisitOptions {
  /** From the dashboard's base on: `runs?state=%5B%22failed%22%5D`. */
  readonly path: string;
  /** Default light. */
  readonly theme?: Theme;
  /** Default 1440. */
  readonly width?: number;
  /** Default 900. */
  readonly height?: number;
  /** The browser's zone. Default UTC. */
  readonly timezone?: string;
  /** What the browser's clock shows, and goes on showing, in ms since the epoch. Default: it runs. */
  readonly now?: number;
  /** How far the browser's clock is ahead of the machine's, in ms; less than 0 for one that is behind. Default 0. */
  readonly clockAheadMs?: number;
  /** What is in the browser's storage from before, as the dashboard keeps it. */
  readonly preferences?: Readonly<Record<string, unknown>>;
  /** Of somebody who has signed in, as openSession gives it. */
  readonly session?: string;
  /** Whether the system lets things move. Default false: a page is the same each time then. */
  readonly hasMotion?: boolean;
  /** Messages of the console that belong to what the test does. */
  readonly tolerates?: RegExp;
  /** Another site that the way leads over, with a slash at its end. Default: there is none. */
  readonly goesOver?: string;
}

export interface Visit {
  readonly page: Page;
  /** What was asked for so far, but for the stream of events. */
  readonly requests: readonly Request[];
  /** Resolves when the page has a heading, and has nothing more to wait for. */
  readonly settle: () => Promise<void>;
  /** Goes to another page of the dashboard by its address, as typing it does. */
  readonly open: (path: string) => Promise<void>;
}

interface Watched {
  readonly visit: Visit;
  /** What was wrong since it was last asked, on all pages that were open meanwhile. */
  readonly takeProblems: () => Promise<readonly string[]>;
}

/**
 * A frame for HTML of strangers runs no script, neither theirs nor what a test puts into every frame, and its policy lets it
 * load nothing. That it says so is as it should be.
 */
const sandboxed =
  /^Blocked script execution in 'about:srcdoc'|violates the following Content Security Policy .* about:srcdoc$/s;
/** Within this a page has to have settled, in ms. */
const settleLimitMs = 30_000;
/** So long nothing is asked for, in ms. */
const quietMs = 250;

/** @param url of the dashboard, with a slash at its end */
export async function visit<T>(
  browser: Browser,
  url: string,
  { path, ...options }: VisitOptions,
  look: (visit: Visit) => Promise<T>,
): Promise<T> {
  const tour = await openTour(browser, url, options);
  try {
    return await tour.visit(path, look);
  } finally {
    await tour.close();
  }
}

/** Pages one after the other in one window: what was loaded for one is there for the next, as it is for a person. */
export interface Tour {
  /** Each page is looked at in the window and the theme that the tour began with. */
  visit<T>(path: string, look: (visit: Visit) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

/** @param url of the dashboard, with a slash at its end */
export async function openTour(browser: Browser, url: string, options: Omit<VisitOptions, "path"> = {}): Promise<Tour> {
  const { theme = "light", width = 1440, height = 900, timezone = "UTC", preferences } = options;
  const context = await browser.newContext({
    viewport: { width, height },
    colorScheme: theme,
    timezoneId: timezone,
    locale: "en-GB",
    reducedMotion: options.hasMotion === true ? "no-preference" : "reduce",
  });
  await context.addInitScript(watchPolicy);
  if (options.session !== undefined) {
    await context.addCookies([{ name: "millrace_session", value: options.session, url, httpOnly: true }]);
  }
  if (options.now !== undefined) await context.clock.setFixedTime(options.now);
  if (options.clockAheadMs !== undefined) await context.addInitScript(setClock, options.clockAheadMs);
  if (preferences !== undefined) {
    const text = JSON.stringify(preferences);
    await context.addInitScript((kept) => localStorage.setItem("millrace.preferences", kept), text);
  }
  const { visit: opened, takeProblems } = await watch(context, url, options);
  return {
    async visit(path, look) {
      await opened.page.setViewportSize({ width, height });
      await opened.page.emulateMedia({ colorScheme: theme, forcedColors: "none" });
      // What is left of a visit that failed has been told by it.
      await takeProblems();
      await opened.open(path);
      const result = await look(opened);
      const found = await takeProblems();
      if (found.length > 0) throw new Error(`${path}\n${found.join("\n")}`);
      return result;
    },
    close: () => context.close(),
  };
}

/** Runs in the page, before anything of it. */
function watchPolicy(): void {
  const found: string[] = [];
  (globalThis as { __violations?: string[] }).__violations = found;
  document.addEventListener("securitypolicyviolation", (event) => {
    found.push(`${event.violatedDirective} ${event.blockedURI}`);
  });
}

async function watch(
  context: BrowserContext,
  url: string,
  { tolerates, goesOver }: Pick<VisitOptions, "tolerates" | "goesOver">,
): Promise<Watched> {
  const page = await context.newPage();
  const problems: string[] = [];
  const requests: Request[] = [];
  const elsewhere = new Set<Request>();
  const underWay = new Set<Request>();
  let changedAt = performance.now();
  const origin = new URL(url).origin;

  page.on("console", (message: ConsoleMessage) => {
    const text = `${message.text()} ${message.location().url}`;
    const isTolerated = sandboxed.test(text) || tolerates?.test(text) === true;
    if (message.type() === "error" && !isTolerated) problems.push(`console: ${text}`);
  });
  page.on("pageerror", (error) => problems.push(`page: ${error.message} ${error.stack ?? ""}`));
  page.on("dialog", (dialog) => {
    problems.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  context.on("request", (request) => {
    const asked = new URL(request.url());
    const isOurs = asked.origin === origin || ["data:", "blob:", "about:"].includes(asked.protocol);
    const isOnTheWay = goesOver !== undefined && asked.href.startsWith(goesOver) && request.isNavigationRequest();
    if (!isOurs && !isOnTheWay) elsewhere.add(request);
    if (isStream(request)) return;
    requests.push(request);
    underWay.add(request);
    changedAt = performance.now();
  });
  const end = (request: Request): void => {
    underWay.delete(request);
    changedAt = performance.now();
  };
  context.on("requestfinished", end);
  context.on("requestfailed", (request) => {
    end(request);
    // It was held back by the policy before it left.
    if (request.failure()?.errorText === "csp") elsewhere.delete(request);
  });

  const settle = async (): Promise<void> => {
    const startedAt = performance.now();
    for (;;) {
      const isQuiet = underWay.size === 0 && performance.now() - changedAt > quietMs;
      if (isQuiet && (await page.evaluate(hasSettled))) return;
      if (performance.now() - startedAt > settleLimitMs) {
        const waitsFor = [...underWay].map((request) => request.url()).join(", ");
        throw new Error(`${page.url()} does not settle${waitsFor === "" ? "" : `: it waits for ${waitsFor}`}`);
      }
      await page.waitForTimeout(50);
    }
  };
  /** Of the page that is open, before it is left. */
  const noteInPage = async (): Promise<void> => {
    for (const each of await page.evaluate(takeViolations)) problems.push(`content security policy: ${each}`);
    for (const frame of page.frames()) {
      const hasRun = await frame.evaluate(() => "__xss" in globalThis).catch(() => false);
      if (hasRun) problems.push(`a script of the data has run in ${frame.url()}`);
    }
  };
  const open = async (path: string): Promise<void> => {
    await noteInPage();
    await page.goto(new URL(path, url).href);
    await settle();
  };
  const takeProblems = async (): Promise<readonly string[]> => {
    await noteInPage();
    const found = [...problems, ...[...elsewhere].map((request) => `asks elsewhere: ${request.url().slice(0, 200)}`)];
    problems.length = 0;
    elsewhere.clear();
    return [...new Set(found)];
  };
  return { visit: { page, requests, settle, open }, takeProblems };
}

/** Runs in the page, before anything of it. */
function setClock(aheadMs: number): void {
  const RealDate = Date;
  globalThis.Date = new Proxy(RealDate, {
    construct: (target, given) => Reflect.construct(target, given.length === 0 ? [RealDate.now() + aheadMs] : given),
    get: (target, name) => (name === "now" ? () => RealDate.now() + aheadMs : (Reflect.get(target, name) as unknown)),
  });
}

/** Runs in the page. */
function takeViolations(): readonly string[] {
  return (globalThis as { __violations?: string[] }).__violations?.splice(0) ?? [];
}

/** Runs in the page: it says what it is, and shows no sketch; the gallery shows some to be looked at. */
function hasSettled(): boolean {
  const sketches = [...document.querySelectorAll('[aria-label="Loading"]')];
  return (
    document.querySelector("main h1") !== null && sketches.every((sketch) => sketch.closest("[data-case]") !== null)
  );
}

const isStream = (request: Request): boolean => new URL(request.url()).pathname.endsWith("/v1/events/stream");
