/**
 * A network between two processes: listens on a port of its own, and hands what comes there on to a server, with the troubles
 * that a test asks for. It knows bytes alone, and so carries HTTP, WebSockets and PostgreSQL's protocol. What it draws follows
 * from its seed; what comes at once, and when, does not.
 */

import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { type Clock, systemClock } from "../../../packages/millrace/src/kit/clock.ts";
import { createRandom } from "../../../packages/millrace/src/kit/random.ts";
import type { Cut, Faults, LinkFaults } from "./faults.ts";
import { type Lane, runLane } from "./lane.ts";

export interface ProxyOptions {
  /** Where the server is. Its path and what else is in it does not matter. */
  readonly to: string;
  readonly seed?: number | string;
  readonly clock?: Clock;
}

export interface Proxy {
  readonly port: number;
  /** Connections that were made to it since it was started, and those that are open. */
  readonly accepted: number;
  readonly open: number;
  /** Bytes that came through. */
  readonly carried: { readonly toServer: number; readonly toClient: number };
  /** The address by which a client goes through it. */
  through(url: string): string;
  /** Holds from now on for all connections, in place of what was set before. */
  set(faults: Faults): void;
  /** Nothing goes wrong any more. Connections that were cut stay so. */
  heal(): void;
  /** Cuts every connection that is open; by halves it is the client that hears of an end. Default: a reset. */
  cut(how?: Cut): void;
  /** Breaks every connection, and takes none, as a machine on which nothing listens. */
  refuse(): Promise<void>;
  /** Takes connections again, on the same port. */
  accept(): Promise<void>;
  stop(): Promise<void>;
}

type Direction = keyof Faults;

const noFaults: LinkFaults = {};

/** PostgreSQL's URLs may leave their port out. */
const defaultPorts: Readonly<Record<string, number>> = { "http:": 80, "postgres:": 5432, "postgresql:": 5432 };

export async function startProxy({ to, seed = 1, clock = systemClock }: ProxyOptions): Promise<Proxy> {
  const target = new URL(to);
  const address = { host: target.hostname, port: Number(target.port) || (defaultPorts[target.protocol] ?? 0) };
  const random = createRandom(seed);
  const connections = new Set<Connection>();
  const carried = { toServer: 0, toClient: 0 };
  let faults: Faults = {};
  let change = Promise.withResolvers<void>();
  let accepted = 0;

  const takeOn = (client: Socket): void => {
    accepted++;
    const server = connect({ ...address, allowHalfOpen: true });
    const connection = new Connection({ client, server });
    connections.add(connection);
    const shared = { clock, random, changed: () => change.promise, isOver: () => connection.isOver };
    const run = (direction: Direction, ends: Pick<Lane, "from" | "to">): Promise<void> =>
      runLane({
        ...shared,
        ...ends,
        faults: () => faults[direction] ?? noFaults,
        cut: (how) => connection.cut(how, direction),
        count: (bytes) => void (carried[direction] += bytes),
      });
    const lanes = [run("toServer", { from: client, to: server }), run("toClient", { from: server, to: client })];
    void Promise.all(lanes).then(() => connections.delete(connection));
  };

  const listener = createServer({ allowHalfOpen: true, noDelay: true }, takeOn);
  const listen = (port: number): Promise<void> =>
    new Promise((resolve, reject) => {
      listener.once("error", reject).listen(port, "127.0.0.1", () => {
        listener.off("error", reject);
        resolve();
      });
    });
  await listen(0);
  const { port } = listener.address() as AddressInfo;

  function set(next: Faults): void {
    faults = next;
    change.resolve();
    change = Promise.withResolvers();
  }
  function cut(how: Cut = "reset"): void {
    for (const connection of connections) connection.cut(how, "toClient");
    set(faults);
  }
  async function refuse(): Promise<void> {
    const closed = new Promise<void>((resolve) => void listener.close(() => resolve()));
    cut();
    await closed;
  }

  return {
    port,
    carried,
    get accepted() {
      return accepted;
    },
    get open() {
      return connections.size;
    },
    through(url) {
      const own = new URL(url);
      own.hostname = "127.0.0.1";
      own.port = String(port);
      return own.href.replace(/^(https?:\/\/[^/]+)\/$/, "$1");
    },
    set,
    heal: () => set({}),
    cut,
    refuse,
    accept: () => (listener.listening ? Promise.resolve() : listen(port)),
    stop: () => (listener.listening ? refuse() : Promise.resolve()),
  };
}

/** The two sockets of a connection, and whether it has been cut. */
class Connection {
  readonly #client: Socket;
  readonly #server: Socket;
  #isOver = false;

  constructor({ client, server }: { readonly client: Socket; readonly server: Socket }) {
    this.#client = client;
    this.#server = server.setNoDelay(true);
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  cut(how: Cut, direction: Direction): void {
    const both = [this.#client, this.#server];
    switch (how) {
      case "half-close":
        (direction === "toClient" ? this.#client : this.#server).end();
        break;
      case "close":
        this.#isOver = true;
        for (const socket of both) socket.end().resume();
        break;
      case "reset":
        this.#isOver = true;
        for (const socket of both) socket.resetAndDestroy();
        break;
    }
  }
}
