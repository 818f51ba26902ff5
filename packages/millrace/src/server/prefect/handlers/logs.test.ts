import { expect, onTestFinished, test } from "vitest";
import { aFlowRun, aLogLine, record } from "../../../store/suite/samples.testsuite.ts";
import type { PrefectContext } from "../routes-table-types.ts";
import { logHandlers } from "./logs.ts";
import { serveOverHttp } from "./over-http.testsuite.ts";

test("logs are downloaded as CSV, of which no cell is a formula", async () => {
  let context: PrefectContext | null = null;
  const http = await serveOverHttp((given) => logHandlers((context = given)));
  onTestFinished(() => http.close());
  const run = aFlowRun({ name: "a \r\n run" });
  const messages = ['=HYPERLINK("http://evil.example/")', "@SUM(A1)", "-7 rows", "plain"];
  await record(http.store, { created: [run] });
  await record(http.store, { logs: messages.map((message) => aLogLine(run.id, message)) });
  const { body, headers } = await logHandlers(context as unknown as PrefectContext).downloadLogs({
    params: { id: run.id },
  } as never);
  const text = (await Array.fromAsync(body as unknown as AsyncIterable<string>)).join("");
  const cells = text
    .trimEnd()
    .split("\r\n")
    .slice(1)
    .map((line) => line.split(/,(.*)/s)[1]?.split(",").slice(3).join());
  expect(cells).toEqual(['"\'=HYPERLINK(""http://evil.example/"")"', "'@SUM(A1)", "-7 rows", "plain"]);
  expect(headers).toEqual({ "content-disposition": 'attachment; filename="a----run-logs.csv"' });
});
