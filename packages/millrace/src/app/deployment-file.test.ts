import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { findDeploymentFile, type WrittenDeployment } from "./deployment-file.ts";
import { findPythonFlow, planDeployment } from "./plan-deployment.ts";

function makeFolder(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), "millrace-deploy-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return folder;
}

const nothing = {
  flowName: null,
  description: null,
  version: null,
  tags: [],
  parameters: {},
  enforcesSchema: true,
  schedules: [],
  triggers: [],
  paused: false,
  concurrencyLimit: null,
  collisionStrategy: null,
  startGraceMs: null,
  pool: null,
  queue: null,
  jobVariables: {},
  pullSteps: null,
  build: [],
  push: [],
};

test("millrace.yaml", async () => {
  const folder = makeFolder({
    "prefect.yaml": "deployments: []",
    "millrace.yaml": `
deployments:
  - name: nightly
    entrypoint: etl.ts:nightly
    tags: [night]
    parameters: { some_name: 1 }
    workPool: { name: local, queue: urgent, jobVariables: { env: { A_B: "1" } } }
    schedules:
      - cron: "0 2 * * *"
        timezone: Europe/Berlin
        catchUp: latest
      - interval: 90m
        jitter: 5m
    concurrencyLimit: { limit: 2, collisionStrategy: cancel-new }
`,
  });
  const found = await findDeploymentFile(folder);
  expect(found?.path).toBe(join(folder, "millrace.yaml"));
  expect(found?.deployments).toEqual([
    {
      ...nothing,
      name: "nightly",
      entrypoint: "etl.ts:nightly",
      tags: ["night"],
      parameters: { some_name: 1 },
      pool: "local",
      queue: "urgent",
      jobVariables: { env: { A_B: "1" } },
      schedules: [
        { cron: "0 2 * * *", timezone: "Europe/Berlin", catchUp: { policy: "latest" } },
        { interval: "90m", jitter: "5m" },
      ],
      concurrencyLimit: 2,
      collisionStrategy: "cancel-new",
    },
  ]);
});

test("schedules take all the words that they take in a program", async () => {
  const folder = makeFolder({
    "millrace.yaml": `
deployments:
  - name: nightly
    entrypoint: etl.ts:nightly
    schedules:
      - { name: holidays, dates: ["2026-12-24T18:00Z", "2026-12-31T18:00Z"], startAt: 2026-12-01T00:00Z }
      - { cron: "@daily", end_at: "2027-01-01T00:00Z", catchUp: { policy: latest }, dayOr: false }
      - { interval: 15m, anchor: "2026-01-01T06:00Z", catchUp: { policy: all, max: 24 } }
      - { rrule: "FREQ=DAILY", slug: rule, catchUp: { all: 2 } }
`,
  });
  const found = await findDeploymentFile(folder);
  expect(found?.deployments[0]?.schedules).toEqual([
    { name: "holidays", dates: ["2026-12-24T18:00Z", "2026-12-31T18:00Z"], startAt: "2026-12-01T00:00Z" },
    { cron: "@daily", endAt: "2027-01-01T00:00Z", catchUp: { policy: "latest" }, dayOr: false },
    { interval: "15m", anchor: "2026-01-01T06:00Z", catchUp: { policy: "all", max: 24 } },
    { rrule: "FREQ=DAILY", name: "rule", catchUp: { policy: "all", max: 2 } },
  ]);
});

test("prefect.yaml: longer forms of schedules, and fields that nobody knows", async () => {
  const folder = makeFolder({
    "prefect.yaml": `
deployments:
  - name: nightly
    entrypoint: flows.py:etl
    owner: us
    work_pool: { name: local, region: eu }
    concurrency_limit: { limit: 1, slots: 2 }
    schedules:
      - { interval: PT1H30M, replaces: daily, slug: often }
      - schedule: { cron: "0 2 * * *", timezone: Europe/Berlin, note: x }
        active: false
        catchup: true
      - { rrule: '{"rrule": "FREQ=DAILY", "timezone": "UTC"}' }
`,
  });
  const found = await findDeploymentFile(folder);
  expect(found?.deployments[0]).toMatchObject({ pool: "local", concurrencyLimit: 1 });
  expect(found?.deployments[0]?.schedules).toEqual([
    { interval: 5_400_000, name: "often" },
    { cron: "0 2 * * *", timezone: "Europe/Berlin", active: false },
    { rrule: "FREQ=DAILY", timezone: "UTC" },
  ]);
  const fields = found?.warnings.map((warning) => /`([^`]*)` is not known$/.exec(warning)?.[1]);
  expect(fields?.toSorted()).toEqual([
    "concurrencyLimit.slots",
    "owner",
    "schedules.1.catchup",
    "schedules.1.note",
    "workPool.region",
  ]);
});

test("triggers in our form and in Prefect's", async () => {
  const folder = makeFolder({
    "prefect.yaml": `
deployments:
  - name: nightly
    entrypoint: flows.py:etl
    triggers:
      - { kind: event, name: arrived, expect: file.arrived, for_each: [id], delay: 5m, parameters: { a_b: "{{ event.id }}" } }
      - expect: [prefect.flow-run.Completed]
        match_related: { prefect.resource.name: etl, prefect.resource.role: flow }
        within: 60
        job_variables: { a_b: 1 }
        schedule_after: PT1M
      - { type: sequence, triggers: [{ expect: [one] }, { posture: Proactive, expect: [two], within: "00:01:00" }] }
`,
  });
  const found = await findDeploymentFile(folder);
  const [written] = found?.deployments ?? [];
  const [arrived, completed, sequence] = written?.triggers ?? [];
  expect(arrived).toEqual({
    kind: "event",
    name: "arrived",
    expect: "file.arrived",
    forEach: ["id"],
    delay: "5m",
    parameters: { a_b: "{{ event.id }}" },
  });
  expect(completed).toMatchObject({
    kind: "event",
    posture: "Reactive",
    expect: ["millrace.flow-run.Completed"],
    matchRelated: [{ name: "etl", role: "flow" }],
    withinMs: 60_000,
    delay: 60_000,
    jobVariables: { a_b: 1 },
  });
  expect(sequence).toMatchObject({ kind: "sequence", triggers: [{ expect: ["one"] }, { withinMs: 60_000 }] });
  writeFileSync(join(folder, "flows.py"), "@flow\ndef etl():\n    pass\n");
  const { deployment } = await planDeployment({ ...(written as WrittenDeployment), pool: "local" }, { folder });
  expect(deployment.triggers).toMatchObject([
    { name: "arrived", delayMs: 300_000, trigger: { expect: ["file.arrived"], threshold: 1, withinMs: 0 } },
    { name: "nightly__automation_2", delayMs: 60_000, jobVariables: { a_b: 1 } },
    { name: "nightly__automation_3", delayMs: 0, trigger: { kind: "sequence", withinMs: null } },
  ]);
});

test("a trigger that could never fire is told before anything is deployed", async () => {
  const folder = makeFolder({
    "flows.py": "@flow\ndef etl():\n    pass\n",
    "millrace.yaml": `
deployments:
  - name: nightly
    entrypoint: flows.py:etl
    workPool: { name: local }
    triggers: [{ kind: event, name: arrived, expect: [file.arrived], posture: Sometimes }]
`,
  });
  const [written] = (await findDeploymentFile(folder))?.deployments ?? [];
  await expect(planDeployment(written as WrittenDeployment, { folder })).rejects.toMatchObject({
    code: "OBJECT_INVALID",
    message: expect.stringContaining("arrived: trigger.posture"),
  });
});

test("prefect.yaml, as its own tools write it", async () => {
  const folder = makeFolder({
    "prefect.yaml": `
name: flows
prefect-version: 3.0.0
build: null
push: null
pull:
  - prefect.deployments.steps.git_clone:
      repository: https://example.org/flows.git
      branch: main
deployments:
  - name: nightly
    version: null
    tags: []
    description: null
    schedule: {}
    flow_name: null
    entrypoint: flows.py:etl_flow
    parameters: {}
    work_pool: { name: local, work_queue_name: null, job_variables: {} }
    schedules:
      - interval: 3600
        anchor_date: "2026-01-01T00:00:00Z"
        slug: hourly
    concurrency_limit: { limit: 1, collision_strategy: CANCEL_NEW, grace_period_seconds: 60 }
`,
  });
  const found = await findDeploymentFile(folder);
  expect(found?.deployments).toEqual([
    {
      ...nothing,
      name: "nightly",
      entrypoint: "flows.py:etl_flow",
      pool: "local",
      schedules: [{ interval: 3_600_000, anchor: "2026-01-01T00:00:00Z", name: "hourly" }],
      concurrencyLimit: 1,
      collisionStrategy: "cancel-new",
      startGraceMs: 60_000,
      pullSteps: [
        { "prefect.deployments.steps.git_clone": { repository: "https://example.org/flows.git", branch: "main" } },
      ],
    },
  ]);
});

test.each([
  ["a field that nobody knows", "deployments: [{ name: a, entrypoint: a.ts, wrokPool: {} }]", "wrokPool"],
  ["no entrypoint", "deployments: [{ name: a }]", "entrypoint"],
  ["what is not done", "deployments: [{ name: a, entrypoint: a.ts, sla: [{ x: {} }] }]", "`sla`"],
  ["a field of a schedule", "deployments: [{ name: a, entrypoint: a.ts, schedules: [{ corn: x }] }]", "corn"],
  [
    "a policy",
    "deployments: [{ name: a, entrypoint: a.ts, schedule: { cron: x, catchUp: { policy: al } } }]",
    "catchUp",
  ],
  ["a trigger of Prefect's", "deployments: [{ name: a, entrypoint: a.ts, triggers: [{ within: x }] }]", "within"],
  ["steps that are none", "deployments: [{ name: a, entrypoint: a.ts, build: [docker] }]", "build"],
  ["what is no YAML", "deployments: [", "Flow sequence"],
])("%s is told", async (_, text, reason) => {
  const folder = makeFolder({ "millrace.yaml": text });
  await expect(findDeploymentFile(folder)).rejects.toMatchObject({
    code: "DEPLOYMENT_INVALID",
    message: expect.stringContaining(reason),
  });
});

test("steps at the top of the file are for those that do not say it, not even that there is none", async () => {
  const folder = makeFolder({
    "prefect.yaml": `
build:
  - prefect_docker.deployments.steps.build_docker_image: { id: build-image, image_name: team/etl, dockerfile: auto }
push:
  prefect_docker.deployments.steps.push_docker_image: { image_name: "{{ build-image.image_name }}" }
deployments:
  - { name: a, entrypoint: a.ts, work_pool: { name: docker, job_variables: { image: "{{ build-image.image }}" } } }
  - { name: b, entrypoint: a.ts, build: null, push: {} }
`,
  });
  const found = await findDeploymentFile(folder);
  expect(found?.deployments.map(({ build, push }) => [build.length, push.length])).toEqual([
    [1, 1],
    [0, 0],
  ]);
});

test("a flow of Python is deployed from what its file says", async () => {
  const folder = makeFolder({ "flows.py": '@flow(name="ETL", retries=2)\ndef etl_flow():\n    pass\n' });
  const written: WrittenDeployment = { ...nothing, name: "nightly", entrypoint: "flows.py:etl_flow", pool: "local" };
  const { deployment, pool } = await planDeployment(written, { folder });
  expect(pool).toBe("local");
  expect(deployment).toMatchObject({
    flowName: "ETL",
    name: "nightly",
    entrypoint: "flows.py:etl_flow",
    pullSteps: [{ "prefect.deployments.steps.set_working_directory": { directory: folder } }],
  });
  await expect(planDeployment({ ...written, entrypoint: "flows.py:other" }, { folder })).rejects.toMatchObject({
    code: "DEPLOYMENT_INVALID",
  });
});

test.each([
  ["@flow\ndef my_flow(x: int):", "my-flow"],
  ["@flow(\n    name='Nightly load',\n    retries=3,\n)\nasync def my_flow():", "Nightly load"],
  ["@prefect.flow(log_prints=True)\n@other\ndef my_flow():", "my-flow"],
  ["@task(name='no')\ndef first():\n    pass\n\n@flow(name='yes')\ndef my_flow():", "yes"],
  ["@flow(name='no')\ndef first():\n    pass\n\ndef my_flow():", null],
])("the name of a flow of Python is found: %j", (source, name) => {
  expect(findPythonFlow(source, "my_flow")).toBe(name);
});
