"""The command line on deployments and their schedules, and `prefect deploy` by flags and from a prefect.yaml."""

import os
import sys
from pathlib import Path
from shutil import copy
from tempfile import mkdtemp

from prefect.client.orchestration import get_client

from kit.checks import check, contains, equal, run_checks
from kit.cli import cli
from kit.deployments import deployment, runs_of
from kit.processes import FLOWS, python
from kit.recorded import flow_run
from kit.waiting import eventually

sys.path.insert(0, str(FLOWS))

from small import small  # noqa: E402

POOL = "cli-deployments"


def deploy(name: str, **options: object) -> str:
    small.to_deployment(name, **options).apply()
    return f"small/{name}"


def schedules(name: str) -> list[dict]:
    return cli("deployment", "inspect", name, "--output", "json").json["schedules"]


@check("deployment ls and inspect")
def looks():
    name = deploy("looked-at", tags=["cli"], parameters={"value": 3}, description="Looked at.")
    contains(cli("deployment", "ls").text, name)
    found = cli("deployment", "ls", "--output", "json").json
    contains([each["name"] for each in found], "looked-at")
    shown = cli("deployment", "inspect", name, "--output", "json").json
    equal((shown["name"], shown["tags"], shown["parameters"]), ("looked-at", ["cli"], {"value": 3}))
    contains(cli("deployment", "inspect", name).text, "Looked at.")
    contains(cli("deployment", "inspect", "small/never", code=1).text, "not found")


@check("deployment run, with parameters, tags, a name and a time")
def runs():
    name = deploy("run-by-hand")
    said = cli("deployment", "run", name, "--param", "value=12", "--tag", "by-hand", "--flow-run-name", "twelve")
    contains(said.text, "twelve")
    (run,) = runs_of(name)
    equal((run.name, run.tags, run.parameters), ("twelve", ["by-hand"], {"value": 12}))
    cli("deployment", "run", name, "--start-in", "2 hours", "--flow-run-name", "later")
    (later,) = [each for each in runs_of(name) if each.name == "later"]
    lead = later.expected_start_time - run.expected_start_time
    equal(7000 < lead.total_seconds() < 8000, True, f"two hours, found {lead}")
    contains(cli("deployment", "run", name, "--param", "valu=1", code=1).text, "valu")


@check("deployment run --watch ends with the run")
def watches():
    with python(FLOWS / "serve_small.py") as server:
        server.until_printed("being served")
        contains(cli("deployment", "run", "small/watched", "--watch").text, "Completed")


@check("deployment schedule create, ls, pause, resume, delete and clear")
def schedule_commands():
    name = deploy("scheduled")
    cli("deployment", "schedule", "create", name, "--cron", "0 4 * * *", "--timezone", "Europe/Paris")
    cli("deployment", "schedule", "create", name, "--interval", 3600)
    cli("deployment", "schedule", "create", name, "--rrule", "FREQ=DAILY;BYHOUR=5;BYMINUTE=0;BYSECOND=0")
    found = schedules(name)
    equal(
        sorted(next(key for key in ("cron", "interval", "rrule") if key in each["schedule"]) for each in found),
        [
            "cron",
            "interval",
            "rrule",
        ],
    )
    contains(cli("deployment", "schedule", "ls", name).text, "0 4 * * *")
    first = found[0]["id"]
    cli("deployment", "schedule", "pause", name, first)
    equal([each["active"] for each in schedules(name) if each["id"] == first], [False])
    cli("deployment", "schedule", "resume", name, first)
    equal([each["active"] for each in schedules(name) if each["id"] == first], [True])
    cli("deployment", "schedule", "delete", name, first, "--accept-yes")
    equal(len(schedules(name)), 2)
    cli("deployment", "schedule", "create", name, "--interval", 60, "--replace", "--accept-yes")
    equal([each["schedule"]["interval"] for each in schedules(name)], [60.0])
    cli("deployment", "schedule", "clear", name, "--accept-yes")
    equal(schedules(name), [])


@check("deployment delete")
def deletes():
    name = deploy("short-lived")
    cli("--no-prompt", "deployment", "delete", name)
    cli("deployment", "inspect", name, code=1)


@check("deploy by flags, to a pool")
def deploys_by_flags():
    cli("work-pool", "create", POOL, "--type", "process")
    os.chdir(FLOWS)
    flags = ["--pool", POOL, "--cron", "0 6 * * *", "--tag", "flagged", "--param", "value=9", "--version", "v2"]
    cli("--no-prompt", "deploy", "small.py:small", "--name", "by-flags", *flags)
    found = deployment("small/by-flags")
    equal((found.work_pool_name, found.tags, found.parameters, found.version), (POOL, ["flagged"], {"value": 9}, "v2"))
    equal([each.schedule.cron for each in found.schedules], ["0 6 * * *"])


PROJECT = f"""
name: compat
deployments:
  - name: from-yaml
    entrypoint: small.py:small
    tags: [yaml]
    parameters:
      value: 4
    schedules:
      - cron: "0 7 * * *"
        timezone: UTC
      - interval: 600
        active: false
    concurrency_limit: 2
    work_pool:
      name: {POOL}
      work_queue_name: yaml-queue
      job_variables:
        env:
          WORD: yaml
    triggers:
      - type: event
        enabled: true
        expect: [compat.yaml]
  - name: second
    entrypoint: small.py:small
    work_pool:
      name: {POOL}
"""


@check("deploy from a prefect.yaml, one and all")
def deploys_from_yaml():
    folder = Path(mkdtemp())
    copy(FLOWS / "small.py", folder)
    (folder / "prefect.yaml").write_text(PROJECT)
    os.chdir(folder)
    cli("--no-prompt", "deploy", "--name", "from-yaml")
    found = deployment("small/from-yaml")
    equal((found.work_pool_name, found.work_queue_name), (POOL, "yaml-queue"))
    equal((found.tags, found.parameters, found.job_variables), (["yaml"], {"value": 4}, {"env": {"WORD": "yaml"}}))
    equal(found.global_concurrency_limit.limit, 2)
    equal(sorted(each.active for each in found.schedules), [False, True])
    with get_client(sync_client=True) as client:
        triggers = client._client.get(f"/automations/related-to/prefect.deployment.{found.id}").json()
    equal([each["trigger"]["expect"] for each in triggers], [["compat.yaml"]])
    cli("--no-prompt", "deploy", "--all")
    equal(deployment("small/second").work_pool_name, POOL)
    eventually(lambda: runs_of("small/from-yaml"), "runs of its schedule")
    equal({flow_run(each.id).work_queue_name for each in runs_of("small/from-yaml")}, {"yaml-queue"})


if __name__ == "__main__":
    run_checks()
