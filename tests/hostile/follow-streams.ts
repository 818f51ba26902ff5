/** All that a server tells while it happens: its stream of events, and the WebSockets of Prefect's clients. */

export interface Streams {
  /** What came, by where it came from. */
  readonly told: ReadonlyMap<string, readonly string[]>;
  end(): void;
}

export function followStreams(url: string, key: string): Streams {
  const told = new Map<string, string[]>();
  const ending = new AbortController();
  const keep = (path: string): string[] => {
    const kept: string[] = [];
    told.set(path, kept);
    return kept;
  };

  const events = keep("/v1/events/stream");
  void fetch(`${url}/v1/events/stream`, { headers: { authorization: `Bearer ${key}` }, signal: ending.signal })
    .then(async ({ body }) => {
      for await (const chunk of body ?? []) events.push(Buffer.from(chunk as Uint8Array).toString());
    })
    // It is ended with the test.
    .catch(() => undefined);

  for (const path of ["/api/events/out", "/api/logs/out"]) {
    const frames = keep(path);
    const socket = new WebSocket(url.replace("http", "ws") + path, "prefect");
    socket.addEventListener("message", ({ data }) => frames.push(String(data)));
    socket.addEventListener("open", () => {
      socket.send(JSON.stringify({ type: "auth", token: key }));
      socket.send(JSON.stringify({ type: "filter", filter: {} }));
    });
    ending.signal.addEventListener("abort", () => socket.close());
  }
  return { told, end: () => ending.abort() };
}
