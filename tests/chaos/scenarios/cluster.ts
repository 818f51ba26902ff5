/** A cluster on a ledger of its own, for one seed of a scenario: servers, workers and a client, and what was seen of them. */

import { writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Client, createClient } from "../../../packages/millrace/src/client/create-client.ts";
import { createRandom, type Random } from "../../../packages/millrace/src/kit/random.ts";
import { createHistory, type History } from "../../simulation/world/history.ts";
import { effectsVariable, generationVariable, readEffects, type RecordedEffect } from "../fixtures/effects.ts";
import { createPostgresCluster, findPostgresPrograms, type PostgresCluster } from "../../../tools/postgres-cluster.ts";
import { createLedger, type Database, type LedgerUnderTest } from "../ledger-under-test.ts";
import { startCommand } from "../processes.ts";
import { ClusterNode } from "./node.ts";

export type Environment = Readonly<Record<string, string>>;

export interface ClusterOptions {
  readonly scenario: string;
  readonly seed: number;
  readonly database: Database;
  /** Whether a PostgreSQL is this seed's own, so that it can crash, where one can be made here. Default false. */
  readonly isDatabaseOwn?: boolean;
}

export interface NodeStart {
  readonly env?: Environment;
  readonly preloads?: readonly string[];
}

/** Leases are short here: what is dead is seen to be so within seconds. */
const shortTimes: Environment = {
  MILLRACE_LEASE_MS: "2s",
  MILLRACE_ATTENTION_MS: "100ms",
  MILLRACE_GRACE_MS: "1s",
  MILLRACE_START_WITHIN_MS: "3s",
  MILLRACE_CHECK_ANSWERS: "on",
};

/** How long a client asks a server again that is away, in ms: as long as any scenario keeps one away, and more. */
const patienceMs = 60_000;

export class Cluster {
  readonly options: ClusterOptions;
  readonly random: Random;
  readonly folder: string;
  readonly ledger: LedgerUnderTest;
  /** Null where it is not this seed's own. */
  readonly postgres: PostgresCluster | null;
  readonly history: History = createHistory();
  /** What was done to it, in order, for whoever reads of a failure. */
  readonly notes: string[] = [];
  readonly servers: ClusterNode[] = [];
  readonly workers: ClusterNode[] = [];
  readonly #effectsFile: string;
  readonly #startedAt = performance.now();
  readonly #ends: (() => Promise<unknown>)[] = [];

  private constructor(
    options: ClusterOptions,
    place: {
      readonly folder: string;
      readonly ledger: LedgerUnderTest;
      readonly postgres: PostgresCluster | null;
    },
  ) {
    const { scenario, seed, database } = options;
    this.options = options;
    this.random = createRandom(`${scenario} ${database} ${seed}`);
    this.folder = place.folder;
    this.ledger = place.ledger;
    this.postgres = place.postgres;
    this.#effectsFile = join(place.folder, "effects.jsonl");
    writeFileSync(this.#effectsFile, "");
  }

  static async open(options: ClusterOptions): Promise<Cluster> {
    const folder = await mkdtemp(join(tmpdir(), `millrace-chaos-${options.scenario}-${options.seed}-`));
    const postgres = options.isDatabaseOwn === true && options.database === "postgres" ? await startPostgres() : null;
    const ledger = await createLedger(options.database, join(folder, "ledger"), postgres?.url);
    return new Cluster(options, { folder, ledger, postgres });
  }

  note(what: string): void {
    this.notes.push(`${((performance.now() - this.#startedAt) / 1000).toFixed(2)} s: ${what}`);
  }

  /** What the bodies did, as they told it themselves. */
  effects(): readonly RecordedEffect[] {
    return readEffects(this.#effectsFile);
  }

  /** Of a flow process that is started by hand too. */
  get env(): Environment {
    return { ...shortTimes, [effectsVariable]: this.#effectsFile };
  }

  /** A server of the ledger. Started again it listens on the port that it had. */
  async startServer({ env = {}, preloads = [] }: NodeStart = {}): Promise<ClusterNode> {
    const at = this.servers.length;
    const node: ClusterNode = this.#node(`server ${at + 1}`, {
      ready: /"url":\s*"([^"]+)"/,
      start: (more) =>
        startCommand(["server", "start", "--json", "--port", node.word === "" ? "0" : new URL(node.word).port], {
          preloads,
          hangsAfterMs: null,
          env: { ...shortTimes, ...this.ledger.env, ...env, ...more.env },
        }),
    });
    this.servers.push(node);
    await node.start();
    return node;
  }

  /** A worker of the pool `local`, with a home of its own. Its effects have its place among the workers as their generation. */
  async startWorker(url: string, { env = {}, preloads = [] }: NodeStart = {}): Promise<ClusterNode> {
    const at = this.workers.length;
    const home = join(this.folder, `worker-${at}`);
    const words = ["--pool", "local", "--type", "process", "--limit", "3", "--ready", "1"];
    const node = this.#node(`worker ${at + 1}`, {
      ready: /takes runs of pool (\S+)/,
      start: (more) =>
        startCommand(["worker", "start", ...words], {
          preloads,
          hangsAfterMs: null,
          env: {
            ...this.env,
            MILLRACE_HOME: home,
            MILLRACE_API_URL: url,
            [generationVariable]: String(at),
            ...env,
            ...more.env,
          },
        }),
    });
    this.workers.push(node);
    await node.start();
    return node;
  }

  client(url: string): Client {
    return createClient({ url, retryForMs: patienceMs, timeoutMs: patienceMs });
  }

  /** Called when the seed is over, the last first. */
  atEnd(end: () => Promise<unknown>): void {
    this.#ends.push(end);
  }

  /** Ends all that still runs. The folder stays where something was found. */
  async close({ isKept }: { readonly isKept: boolean }): Promise<void> {
    for (const end of this.#ends.toReversed()) await end();
    await this.ledger.drop();
    await this.postgres?.remove();
    if (!isKept) await rm(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }

  #node(name: string, options: Pick<ConstructorParameters<typeof ClusterNode>[0], "start" | "ready">): ClusterNode {
    const node = new ClusterNode({ name, note: (what) => this.note(what), ...options });
    this.atEnd(() => node.kill());
    return node;
  }
}

/** Null where its programs are not here. */
async function startPostgres(): Promise<PostgresCluster | null> {
  const programs = findPostgresPrograms();
  if (programs === undefined) return null;
  const postgres = await createPostgresCluster(programs, { isToCrash: true });
  if (!(await postgres.start())) throw new Error("the PostgreSQL of this seed does not start");
  return postgres;
}
