/**
 * Imported before a server: how late its event loop is, what processor time it takes, how much memory it has, and how much waits
 * to be sent to any one client. Each SIGUSR2 ends a phase and begins the next; all of them are written as a line of JSON to
 * PHASES_FILE when the process ends.
 */

import { writeFileSync } from "node:fs";
import { Socket } from "node:net";
import { monitorEventLoopDelay } from "node:perf_hooks";

/** A timer of the histogram fires every so often, in ms; what it tells of each is that and the delay. */
const resolution = 10;
const sampleEveryMs = 1000;
/** Looking at all connections takes a while where there are many. */
const connectionsEveryMs = 5000;

const delay = monitorEventLoopDelay({ resolution });
delay.enable();
const phases = [];
let current = begin();

function begin() {
  delay.reset();
  return { at: performance.now(), cpu: process.cpuUsage(), peakMb: 0, unsentKb: 0 };
}

function sample() {
  current.peakMb = Math.max(current.peakMb, process.memoryUsage.rss() / 2 ** 20);
}

function sampleConnections() {
  for (const handle of process._getActiveHandles()) {
    if (handle instanceof Socket) current.unsentKb = Math.max(current.unsentKb, handle.writableLength / 1024);
  }
}

function end() {
  sample();
  sampleConnections();
  const { user, system } = process.cpuUsage(current.cpu);
  const inMs = (value) => Math.max(0, value / 1e6 - resolution);
  phases.push({
    wallMs: performance.now() - current.at,
    cpuMs: (user + system) / 1000,
    delayP99Ms: inMs(delay.percentile(99)),
    delayMaxMs: inMs(delay.max),
    peakMb: current.peakMb,
    unsentKb: current.unsentKb,
  });
  current = begin();
}

setInterval(sample, sampleEveryMs).unref();
setInterval(sampleConnections, connectionsEveryMs).unref();
process.on("SIGUSR2", end);
process.on("exit", () => {
  end();
  writeFileSync(process.env.PHASES_FILE ?? "/dev/stdout", JSON.stringify(phases));
});
