/**
 * What Node tells of its process. What takes work to observe (how late the event loop is, collections of garbage) is observed from
 * the first reading on: nobody pays for what nobody reads.
 */

import { readdir } from "node:fs/promises";
import { constants, monitorEventLoopDelay, performance, PerformanceObserver } from "node:perf_hooks";
import type { ProcessMetrics } from "../../contract/metrics.ts";

/** How often it is looked how late the event loop is, in ms. */
const lagResolutionMs = 20;

const nanosecondsOfSecond = 1e9;

export function measureProcess(
  metrics: ProcessMetrics,
  { version, startedAt }: { readonly version: string; readonly startedAt: number },
): { stop(): void } {
  metrics.set("millrace_build_info", [version, process.version], 1);
  metrics.set("process_start_time_seconds", [], startedAt / 1000);
  metrics.onRead(() => measureUse(metrics));
  metrics.onRead(() => countFiles(metrics));
  let observed: Observed | null = null;
  metrics.onRead(() => {
    observed ??= observe(metrics);
    observed.read();
  });
  return { stop: () => observed?.stop() };
}

interface Observed {
  readonly read: () => void;
  readonly stop: () => void;
}

function observe(metrics: ProcessMetrics): Observed {
  const lag = observeLag(metrics);
  const garbage = observeGarbage(metrics);
  return {
    read: lag.read,
    stop() {
      lag.stop();
      garbage.disconnect();
    },
  };
}

function measureUse(metrics: ProcessMetrics): void {
  const { rss, heapTotal, heapUsed, external } = process.memoryUsage();
  metrics.set("process_resident_memory_bytes", [], rss);
  metrics.set("nodejs_heap_size_total_bytes", [], heapTotal);
  metrics.set("nodejs_heap_size_used_bytes", [], heapUsed);
  metrics.set("nodejs_external_memory_bytes", [], external);
  const { user, system } = process.cpuUsage();
  metrics.set("process_cpu_user_seconds_total", [], user / 1e6);
  metrics.set("process_cpu_system_seconds_total", [], system / 1e6);
}

/** Only Linux tells them as files. */
async function countFiles(metrics: ProcessMetrics): Promise<void> {
  if (process.platform !== "linux") return;
  // The folder itself is open while it is read.
  metrics.set("process_open_fds", [], (await readdir("/proc/self/fd")).length - 1);
}

/** Reads what came together since the last time. */
function observeLag(metrics: ProcessMetrics): Observed {
  const lag = monitorEventLoopDelay({ resolution: lagResolutionMs });
  lag.enable();
  let before = performance.eventLoopUtilization();
  const read = (): void => {
    const now = performance.eventLoopUtilization();
    metrics.set("nodejs_eventloop_utilization", [], performance.eventLoopUtilization(now, before).utilization);
    before = now;
    // It measures from one look to the next.
    const seconds = (nanoseconds: number): number =>
      lag.count === 0 ? 0 : Math.max(0, nanoseconds / nanosecondsOfSecond - lagResolutionMs / 1000);
    metrics.set("nodejs_eventloop_lag_mean_seconds", [], seconds(lag.mean));
    metrics.set("nodejs_eventloop_lag_p50_seconds", [], seconds(lag.percentile(50)));
    metrics.set("nodejs_eventloop_lag_p99_seconds", [], seconds(lag.percentile(99)));
    metrics.set("nodejs_eventloop_lag_max_seconds", [], seconds(lag.max));
    lag.reset();
  };
  return { read, stop: () => void lag.disable() };
}

const kindsOfGarbage: Readonly<Record<number, string>> = {
  [constants.NODE_PERFORMANCE_GC_MAJOR]: "major",
  [constants.NODE_PERFORMANCE_GC_MINOR]: "minor",
  [constants.NODE_PERFORMANCE_GC_INCREMENTAL]: "incremental",
  [constants.NODE_PERFORMANCE_GC_WEAKCB]: "weakcb",
};

function observeGarbage(metrics: ProcessMetrics): PerformanceObserver {
  const observer = new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) {
      const { duration, detail } = entry as typeof entry & { readonly detail?: { readonly kind?: number } };
      const kind = detail?.kind;
      metrics.observe("nodejs_gc_duration_seconds", [kindsOfGarbage[kind ?? 0] ?? "other"], duration / 1000);
    }
  });
  observer.observe({ entryTypes: ["gc"] });
  return observer;
}
