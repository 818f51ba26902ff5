/**
 * Who the server takes this browser for, and whether it asks at all. Nothing else is asked of a server before it is known; it
 * is looked at again when the server refuses something, when the stream of events breaks, and when somebody comes back to
 * the tab.
 */

import type { SessionDescription, SignInRequest } from "millrace/client";
import { useSyncExternalStore } from "react";
import { api, isOffline, whenRefused } from "./api.ts";

/** Between two attempts to reach a server that does not answer, in ms. */
const retryMs = 1000;

const nowhere = { account: null, means: null, workspace: null, workspaces: [] } as const;
const nobody: SessionDescription = { accessControl: "on", ...nowhere };
const notAsked: SessionDescription = { accessControl: "off", ...nowhere };
/** What is known of the workspaces of a server that asks nobody comes after the page, in ms. */
const workspacesAfterMs = 1500;
const listeners = new Set<() => void>();
let session: SessionDescription | null = null;
let wasIn = false;
let looking: Promise<void> | null = null;

function set(next: SessionDescription): void {
  if (JSON.stringify(next) === JSON.stringify(session)) return;
  session = next;
  wasIn ||= next.account !== null;
  for (const listener of listeners) listener();
}

export async function startSession(): Promise<void> {
  whenRefused(() => void lookAgain());
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden && session?.accessControl === "on") void lookAgain();
  });
  // The server has written into the page that it asks; if it begins to later, it refuses what it is asked.
  if (document.documentElement.dataset.accessControl !== "on") {
    setTimeout(() => void lookAgain(), workspacesAfterMs);
    return set(notAsked);
  }
  while (session === null) {
    try {
      set(await api.readSession());
    } catch (error) {
      // Something before the server says no: it is said again where it matters, by the page that asks.
      if (!isOffline(error)) return set(notAsked);
      await new Promise((resolve) => setTimeout(resolve, retryMs));
    }
  }
}

/** Resolves when it is known again; what cannot be known now stays as it was. */
export function lookAgain(): Promise<void> {
  looking ??= look().finally(() => (looking = null));
  return looking;
}

async function look(): Promise<void> {
  const before = session;
  const found = await api.readSession().catch(() => null);
  // Somebody may have come in or gone meanwhile.
  if (found !== null && session === before) set(found);
}

/** @throws UNAUTHENTICATED, ATTEMPTS_EXCEEDED */
export async function signIn(request: SignInRequest): Promise<void> {
  set(await api.signIn(request));
}

export async function signOut(): Promise<void> {
  await api.signOut();
  set(nobody);
}

/** Whose page it is: the id of an account, and `anyone` without access control. Null while it is not known, and for nobody. */
export function whoIsIn(): string | null {
  if (session === null) return null;
  return session.accessControl === "off" ? "anyone" : (session.account?.id ?? null);
}

/** Whether somebody was in since the page was loaded. */
export const hasBeenIn = (): boolean => wasIn;

export const getSession = (): SessionDescription | null => session;

export function onSession(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Null until it is known. */
export function useSession(): SessionDescription | null {
  return useSyncExternalStore(onSession, getSession);
}
