/** OpenTelemetry's own SDK in this process, which keeps the spans that have ended. */

import { context, type Span, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  type ReadableSpan,
  type Sampler,
  SimpleSpanProcessor,
} from "@opentelemetry/sdk-trace-base";

export interface SpansUnderTest {
  /** Those that have ended since it was last asked, in the order in which they ended. */
  take(): readonly ReadableSpan[];
  /** The one of this name, once it has ended: a moment after the run's end is recorded. */
  find(name: string): Promise<ReadableSpan>;
  /** Calls it in a span of the program's own. */
  within<T>(name: string, body: (span: Span) => Promise<T>): Promise<T>;
}

export function registerSpans({ sampler }: { readonly sampler?: Sampler } = {}): SpansUnderTest {
  const exporter = new InMemorySpanExporter();
  const provider = new BasicTracerProvider({
    spanProcessors: [new SimpleSpanProcessor(exporter)],
    ...(sampler === undefined ? {} : { sampler }),
  });
  trace.setGlobalTracerProvider(provider);
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  return {
    take() {
      const spans = exporter.getFinishedSpans();
      exporter.reset();
      return spans;
    },
    async find(name) {
      for (;;) {
        const found = exporter.getFinishedSpans().find((span) => span.name === name);
        if (found !== undefined) return found;
        await new Promise(setImmediate);
      }
    },
    within: (name, body) =>
      trace.getTracer("test").startActiveSpan(name, (span) => body(span).finally(() => span.end())),
  };
}

/** Each span with the one that it is a part of: "task add < flow etl". */
export function toLines(spans: readonly ReadableSpan[]): readonly string[] {
  const names = new Map(spans.map((span) => [span.spanContext().spanId, span.name]));
  return spans.map(({ name, parentSpanContext }) => {
    if (parentSpanContext === undefined) return name;
    return `${name} < ${names.get(parentSpanContext.spanId) ?? "elsewhere"}`;
  });
}
