/** The commands over the nouns that people make: deployments, work pools, limits, automations and the like. */

import type { CommandEntry } from "./command-table.ts";
import type { LimitFamily } from "./commands/concurrency-limit/limit-family.ts";

/** What the first word of several of them stands for. */
export const objectGroups = {
  inbox: "Runs that wait for a person, with their forms",
  flow: "Flows that have run, or have a deployment",
  deployment: "Flows that are ready to be run by others, on a schedule or when asked",
  "deployment version": "What a deployment was before, and is to be again",
  "deployment schedule": "When a deployment runs by itself",
  "work-pool": "Where runs of deployments are executed",
  "work-queue": "In which order the runs of a work pool are executed",
  block: "Named configurations and credentials: whom to notify, and how to reach what",
  "block type": "Kinds of blocks",
  "concurrency-limit": "How many tasks with a tag run at once",
  "global-concurrency-limit": "How many slots code may hold at once, or how fast it takes them (also: gcl)",
  automation: "What is done when something happens, or does not",
  webhook: "Addresses to which others send requests that become events",
} as const;

export const objectCommands: readonly CommandEntry[] = [
  { path: "inbox ls", load: async () => (await import("./commands/inbox/ls.ts")).inboxLs },
  { path: "inbox inspect", load: async () => (await import("./commands/inbox/inspect.ts")).inboxInspect },
  { path: "inbox answer", load: async () => (await import("./commands/inbox/answer.ts")).inboxAnswer },
  { path: "flow ls", load: async () => (await import("./commands/flow/ls.ts")).flowLs },
  { path: "flow inspect", load: async () => (await import("./commands/flow/inspect.ts")).flowInspect },
  { path: "flow delete", load: async () => (await import("./commands/flow/delete.ts")).flowDelete },
  { path: "deployment ls", load: async () => (await import("./commands/deployment/ls.ts")).deploymentLs },
  {
    path: "deployment inspect",
    load: async () => (await import("./commands/deployment/inspect.ts")).deploymentInspect,
  },
  { path: "deployment run", load: async () => (await import("./commands/deployment/run.ts")).deploymentRun },
  {
    path: "deployment backfill",
    load: async () => (await import("./commands/deployment/backfill.ts")).deploymentBackfill,
  },
  { path: "deployment update", load: async () => (await import("./commands/deployment/update.ts")).deploymentUpdate },
  { path: "deployment pause", load: async () => (await import("./commands/deployment/pause.ts")).deploymentPause },
  { path: "deployment resume", load: async () => (await import("./commands/deployment/pause.ts")).deploymentResume },
  { path: "deployment delete", load: async () => (await import("./commands/deployment/delete.ts")).deploymentDelete },
  {
    path: "deployment version ls",
    load: async () => (await import("./commands/deployment/version/ls.ts")).deploymentVersionLs,
  },
  {
    path: "deployment version inspect",
    load: async () => (await import("./commands/deployment/version/inspect.ts")).deploymentVersionInspect,
  },
  {
    path: "deployment version diff",
    load: async () => (await import("./commands/deployment/version/diff.ts")).deploymentVersionDiff,
  },
  {
    path: "deployment version roll-back",
    load: async () => (await import("./commands/deployment/version/roll-back.ts")).deploymentVersionRollBack,
  },
  {
    path: "deployment schedule ls",
    load: async () => (await import("./commands/deployment/schedule-ls.ts")).deploymentScheduleLs,
  },
  {
    path: "deployment schedule create",
    load: async () => (await import("./commands/deployment/schedule-create.ts")).deploymentScheduleCreate,
  },
  {
    path: "deployment schedule update",
    load: async () => (await import("./commands/deployment/schedule-update.ts")).deploymentScheduleUpdate,
  },
  {
    path: "deployment schedule preview",
    load: async () => (await import("./commands/deployment/schedule-preview.ts")).deploymentSchedulePreview,
  },
  {
    path: "deployment schedule pause",
    load: async () => (await import("./commands/deployment/schedule-pause.ts")).deploymentSchedulePause,
  },
  {
    path: "deployment schedule resume",
    load: async () => (await import("./commands/deployment/schedule-pause.ts")).deploymentScheduleResume,
  },
  {
    path: "deployment schedule delete",
    load: async () => (await import("./commands/deployment/schedule-delete.ts")).deploymentScheduleDelete,
  },
  {
    path: "deployment schedule clear",
    load: async () => (await import("./commands/deployment/schedule-delete.ts")).deploymentScheduleClear,
  },
  { path: "work-pool ls", load: async () => (await import("./commands/work-pool/ls.ts")).workPoolLs },
  { path: "work-pool inspect", load: async () => (await import("./commands/work-pool/inspect.ts")).workPoolInspect },
  { path: "work-pool create", load: async () => (await import("./commands/work-pool/create.ts")).workPoolCreate },
  { path: "work-pool update", load: async () => (await import("./commands/work-pool/update.ts")).workPoolUpdate },
  { path: "work-pool pause", load: async () => (await import("./commands/work-pool/pause.ts")).workPoolPause },
  { path: "work-pool resume", load: async () => (await import("./commands/work-pool/pause.ts")).workPoolResume },
  {
    path: "work-pool set-concurrency-limit",
    load: async () => (await import("./commands/work-pool/concurrency-limit.ts")).workPoolSetLimit,
  },
  {
    path: "work-pool clear-concurrency-limit",
    load: async () => (await import("./commands/work-pool/concurrency-limit.ts")).workPoolClearLimit,
  },
  { path: "work-pool preview", load: async () => (await import("./commands/work-pool/preview.ts")).workPoolPreview },
  { path: "work-pool delete", load: async () => (await import("./commands/work-pool/delete.ts")).workPoolDelete },
  { path: "work-queue ls", load: async () => (await import("./commands/work-queue/ls.ts")).workQueueLs },
  { path: "work-queue inspect", load: async () => (await import("./commands/work-queue/inspect.ts")).workQueueInspect },
  { path: "work-queue create", load: async () => (await import("./commands/work-queue/create.ts")).workQueueCreate },
  { path: "work-queue update", load: async () => (await import("./commands/work-queue/update.ts")).workQueueUpdate },
  { path: "work-queue pause", load: async () => (await import("./commands/work-queue/pause.ts")).workQueuePause },
  { path: "work-queue resume", load: async () => (await import("./commands/work-queue/pause.ts")).workQueueResume },
  {
    path: "work-queue set-concurrency-limit",
    load: async () => (await import("./commands/work-queue/concurrency-limit.ts")).workQueueSetLimit,
  },
  {
    path: "work-queue clear-concurrency-limit",
    load: async () => (await import("./commands/work-queue/concurrency-limit.ts")).workQueueClearLimit,
  },
  { path: "work-queue preview", load: async () => (await import("./commands/work-queue/preview.ts")).workQueuePreview },
  { path: "work-queue delete", load: async () => (await import("./commands/work-queue/delete.ts")).workQueueDelete },
  { path: "block ls", load: async () => (await import("./commands/block/ls.ts")).blockLs },
  { path: "block create", load: async () => (await import("./commands/block/create.ts")).blockCreate },
  { path: "block inspect", load: async () => (await import("./commands/block/inspect.ts")).blockInspect },
  { path: "block delete", load: async () => (await import("./commands/block/delete.ts")).blockDelete },
  { path: "block type ls", load: async () => (await import("./commands/block/type-ls.ts")).blockTypeLs },
  { path: "block type inspect", load: async () => (await import("./commands/block/type-inspect.ts")).blockTypeInspect },
  ...limitCommands(
    "concurrency-limit",
    async () => (await import("./commands/concurrency-limit/limit-family.ts")).tagLimits,
  ),
  ...limitCommands(
    "global-concurrency-limit",
    async () => (await import("./commands/concurrency-limit/limit-family.ts")).globalLimits,
  ),
  { path: "automation ls", load: async () => (await import("./commands/automation/ls.ts")).automationLs },
  {
    path: "automation inspect",
    load: async () => (await import("./commands/automation/inspect.ts")).automationInspect,
  },
  { path: "automation create", load: async () => (await import("./commands/automation/create.ts")).automationCreate },
  { path: "automation update", load: async () => (await import("./commands/automation/update.ts")).automationUpdate },
  { path: "automation pause", load: async () => (await import("./commands/automation/pause.ts")).automationPause },
  { path: "automation resume", load: async () => (await import("./commands/automation/pause.ts")).automationResume },
  {
    path: "automation history",
    load: async () => (await import("./commands/automation/history.ts")).automationHistory,
  },
  { path: "automation try", load: async () => (await import("./commands/automation/try.ts")).automationTry },
  { path: "automation delete", load: async () => (await import("./commands/automation/delete.ts")).automationDelete },
  { path: "webhook ls", load: async () => (await import("./commands/webhook/ls.ts")).webhookLs },
  { path: "webhook inspect", load: async () => (await import("./commands/webhook/inspect.ts")).webhookInspect },
  { path: "webhook create", load: async () => (await import("./commands/webhook/create.ts")).webhookCreate },
  { path: "webhook update", load: async () => (await import("./commands/webhook/update.ts")).webhookUpdate },
  { path: "webhook test", load: async () => (await import("./commands/webhook/test.ts")).webhookTest },
  { path: "webhook enable", load: async () => (await import("./commands/webhook/enable.ts")).webhookEnable },
  { path: "webhook disable", load: async () => (await import("./commands/webhook/enable.ts")).webhookDisable },
  { path: "webhook delete", load: async () => (await import("./commands/webhook/delete.ts")).webhookDelete },
];

/** The same commands for both families of limits. */
function limitCommands(group: string, family: () => Promise<LimitFamily>): readonly CommandEntry[] {
  return [
    {
      path: `${group} ls`,
      load: async () => (await import("./commands/concurrency-limit/ls.ts")).createLimitLs(await family()),
    },
    {
      path: `${group} inspect`,
      load: async () => (await import("./commands/concurrency-limit/inspect.ts")).createLimitInspect(await family()),
    },
    {
      path: `${group} create`,
      load: async () => (await import("./commands/concurrency-limit/create.ts")).createLimitCreate(await family()),
    },
    {
      path: `${group} update`,
      load: async () => (await import("./commands/concurrency-limit/update.ts")).createLimitUpdate(await family()),
    },
    {
      path: `${group} enable`,
      load: async () => (await import("./commands/concurrency-limit/update.ts")).createLimitEnable(await family()),
    },
    {
      path: `${group} disable`,
      load: async () => (await import("./commands/concurrency-limit/update.ts")).createLimitDisable(await family()),
    },
    {
      path: `${group} reset`,
      load: async () => (await import("./commands/concurrency-limit/reset.ts")).createLimitReset(await family()),
    },
    {
      path: `${group} delete`,
      load: async () => (await import("./commands/concurrency-limit/delete.ts")).createLimitDelete(await family()),
    },
  ];
}
