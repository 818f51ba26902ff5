import { expect, test } from "vitest";
import { systemClock } from "../../kit/clock.ts";
import { sendHttp } from "./send-http.ts";

const send = (url: string) =>
  sendHttp({ url, method: "POST", headers: {}, body: "x", allowsPrivate: false }, systemClock);

test.each([
  "http://127.0.0.1:1/",
  "http://10.1.2.3/",
  "http://192.168.0.1/",
  "http://169.254.169.254/latest/meta-data",
  "http://[::1]/",
  "http://[fd00::1]/",
  "http://[::ffff:127.0.0.1]/",
  "http://localhost:1/",
  "http://0x7f000001/",
])("%s is refused where no private network may be called", async (url) => {
  await expect(send(url)).rejects.toThrow("private network");
});

test.each([
  ["file:///etc/passwd", "not for HTTP"],
  ["nonsense", "no URL"],
])("%s is no address to call", async (url, reason) => {
  await expect(send(url)).rejects.toThrow(reason);
});
