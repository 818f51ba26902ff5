import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo, LookupFunction } from "node:net";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { systemClock } from "../../kit/clock.ts";
import { createAddressCheck } from "./check-address.ts";
import { describeSendFailure, sendHttp, type SendOptions } from "./send-http.ts";

const anywhere: SendOptions = { clock: systemClock, checkAddress: createAddressCheck({ privateNetworks: "all" }) };
const send = (url: string, { allowsPrivate = false, options = anywhere } = {}) =>
  sendHttp({ url, method: "POST", headers: {}, body: "x", allowsPrivate }, options);

/** Each name has these addresses, one after the other: those that ask again are told the next ones. */
function naming(...answers: readonly (readonly string[])[]) {
  const asked: string[] = [];
  const lookup: LookupFunction = (name, { all }, callback) => {
    const addresses = answers[Math.min(asked.length, answers.length - 1)] ?? [];
    asked.push(name);
    const found = addresses.map((address) => ({ address, family: address.includes(":") ? 6 : 4 }));
    if (all === true) callback(null, found);
    else callback(null, found[0]?.address ?? "", found[0]?.family);
  };
  return { asked, lookup };
}

describe("where no private network may be called", () => {
  test.each([
    "http://127.0.0.1:81/",
    "http://127.1:81/",
    "http://10.1.2.3/",
    "http://192.168.0.1/",
    "http://169.254.169.254/latest/meta-data",
    "http://2852039166/latest/meta-data",
    "http://0251.0376.0251.0376/",
    "http://0xa9.0xfe.0xa9.0xfe/",
    "http://100.64.0.1/",
    "http://0/",
    "http://[::1]/",
    "http://[::]/",
    "http://[fd00::1]/",
    "http://[fe80::1]/",
    "http://[fd00:ec2::254]/",
    "http://[::ffff:127.0.0.1]/",
    "http://[::ffff:7f00:1]/",
    "http://[::127.0.0.1]/",
    "http://[64:ff9b::7f00:1]/",
    "http://[2002:7f00:1::]/",
    "http://localhost:81/",
    "http://0x7f000001/",
    "http://0177.0.0.1/",
    "http://⑯⑨.254.169.254/",
  ])("%s is refused", async (url) => {
    await expect(send(url)).rejects.toThrow("private network");
  });

  test.each([["10.0.0.5"], ["93.184.216.34", "10.0.0.5"], ["2606:2800::1", "::ffff:10.0.0.5"]])(
    "a name that has the addresses %s is refused",
    async (...addresses) => {
      const { asked, lookup } = naming(addresses);
      await expect(send("http://hooks.example/", { options: { ...anywhere, lookup } })).rejects.toThrow(
        "private network",
      );
      expect(asked).toEqual(["hooks.example"]);
    },
  );
});

test.each([
  ["file:///etc/passwd", "not for HTTP"],
  ["gopher://127.0.0.1/", "not for HTTP"],
  ["nonsense", "no URL"],
  ["http://ada:secret@hooks.example/", "a name or a password"],
  ["http://hooks.example:25/", "port 25"],
  ["http://hooks.example:6379/", "port 6379"],
])("%s is no address to call", async (url, reason) => {
  await expect(send(url, { allowsPrivate: true })).rejects.toThrow(reason);
});

describe("a service in this machine's network", () => {
  const heard: string[] = [];
  const service = createServer((request, response) => {
    heard.push(`${request.method} ${request.url} ${request.headers.host}`);
    if (request.url === "/moved") response.writeHead(302, { location: "http://169.254.169.254/" }).end();
    else response.end("é".repeat(2_000_000));
  });
  let port = 0;
  beforeEach(async () => {
    heard.length = 0;
    service.listen(0, "127.0.0.1");
    await once(service, "listening");
    ({ port } = service.address() as AddressInfo);
  });
  afterEach(async () => {
    service.closeAllConnections();
    service.close();
    await once(service, "close");
  });

  test("is sent to where that is allowed, and no more is read of it than is kept", async () => {
    const { status, text } = await send(`http://127.0.0.1:${port}/a`, { allowsPrivate: true });
    expect([status, text]).toEqual([200, "é".repeat(1000)]);
    expect(heard).toEqual([`POST /a 127.0.0.1:${port}`]);
  });

  test("is not followed to where it leads", async () => {
    expect((await send(`http://127.0.0.1:${port}/moved`, { allowsPrivate: true })).status).toBe(302);
    expect(heard).toHaveLength(1);
  });

  test("is not reached by a name that had another address a moment ago: it is asked for once", async () => {
    const { asked, lookup } = naming(["127.0.0.1"], ["93.184.216.34"]);
    const options = { ...anywhere, lookup };
    await expect(send(`http://hooks.example:${port}/`, { options })).rejects.toThrow("private network");
    expect([asked.length, heard]).toEqual([1, []]);
  });

  test("is not reached over a connection that a call which may go there has made", async () => {
    const { asked, lookup } = naming(["127.0.0.1"]);
    const options = { ...anywhere, lookup };
    // Its answer is read to the end, so that the connection could be used again.
    const url = `http://hooks.example:${port}/moved`;
    expect((await send(url, { allowsPrivate: true, options })).status).toBe(302);
    await expect(send(url, { options })).rejects.toThrow("private network");
    expect([asked.length, heard.length]).toEqual([2, 1]);
  });

  test("is reached at the address that was checked", async () => {
    const { asked, lookup } = naming(["127.0.0.1"], ["192.0.2.1"]);
    const options = { ...anywhere, lookup };
    await send(`http://hooks.example:${port}/`, { allowsPrivate: true, options });
    expect([asked.length, heard]).toEqual([1, [`POST / hooks.example:${port}`]]);
  });
});

test("a failure is told without the address", async () => {
  const failure: unknown = await send("http://127.0.0.1:2/token-123", { allowsPrivate: true }).catch((error) => error);
  expect(describeSendFailure(failure)).toBe("it could not be sent: ECONNREFUSED");
});
