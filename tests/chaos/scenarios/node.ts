/** A process of a cluster that is killed, stopped and started again: what stays the same of it is its name and its port. */

import type { ProcessEnd, StartedProcess } from "../processes.ts";

export interface NodeOptions {
  readonly name: string;
  /** Starts it; `more` is for this life alone. */
  readonly start: (more: Life) => StartedProcess;
  /** What it prints when it is ready: what is in the first group is `word`. */
  readonly ready: RegExp;
  readonly note: (what: string) => void;
}

export interface Life {
  readonly env?: Readonly<Record<string, string>>;
}

export class ClusterNode {
  readonly name: string;
  readonly #options: NodeOptions;
  #process: StartedProcess | null = null;
  #word = "";
  /** What it said went wrong, of the lives that are over. */
  #said = "";
  #isToldToStop = false;
  /** Ends that nobody has asked it for. */
  readonly surprises: string[] = [];

  constructor(options: NodeOptions) {
    this.name = options.name;
    this.#options = options;
  }

  get pid(): number {
    return this.#running().pid;
  }

  /** Of what it printed when it was ready. */
  get word(): string {
    return this.#word;
  }

  /** Resolves when it is ready, or has died before, as a crash point may have it. */
  async start(life: Life = {}): Promise<"ready" | "dead"> {
    const { start, ready, note } = this.#options;
    const process = start(life);
    this.#process = process;
    this.#isToldToStop = false;
    let hasEnded = false;
    void process.ended.then(() => (hasEnded = true));
    for (;;) {
      const found = ready.exec(process.printed().stdout);
      if (found !== null) {
        this.#word = found[1] ?? "";
        note(`${this.name} is ready`);
        return "ready";
      }
      if (hasEnded) {
        const { signal, stderr } = await process.ended;
        if (signal !== "SIGKILL") throw new Error(`${this.name} did not start: ${stderr}`);
        this.#said += stderr;
        this.#process = null;
        note(`${this.name} died before it was ready`);
        return "dead";
      }
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }

  /** By kill -9. Nothing where it is dead already. */
  async kill(): Promise<void> {
    if (this.#process === null) return;
    this.#options.note(`${this.name} is killed`);
    this.#process.kill("SIGKILL");
    await this.gone();
  }

  /** Stopped as by Ctrl-Z: it does nothing, and its connections stay open. */
  freeze(): void {
    this.#options.note(`${this.name} is stopped`);
    this.#running().kill("SIGSTOP");
  }

  thaw(): void {
    this.#options.note(`${this.name} goes on`);
    this.#running().kill("SIGCONT");
  }

  /** Ended in good order. Nothing where it is dead already. */
  async stop(): Promise<ProcessEnd | null> {
    this.#isToldToStop = true;
    this.#process?.kill("SIGTERM");
    return this.#process === null ? null : this.gone();
  }

  /** Resolves when it has ended, whatever ends it. */
  async gone(): Promise<ProcessEnd> {
    const process = this.#running();
    const end = await process.ended;
    if (this.#process === process) {
      this.#process = null;
      this.#said += end.stderr;
      const isAsked = end.signal === "SIGKILL" || (this.#isToldToStop && end.code === 0);
      if (!isAsked) this.surprises.push(`ended with ${end.signal ?? `code ${end.code}`}: ${end.stderr.slice(-1000)}`);
    }
    return end;
  }

  /** What it said went wrong, in all its lives. */
  said(): string {
    return this.#said + (this.#process?.printed().stderr ?? "");
  }

  #running(): StartedProcess {
    if (this.#process === null) throw new Error(`${this.name} does not run`);
    return this.#process;
  }
}
