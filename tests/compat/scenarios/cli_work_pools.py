"""The command line on work pools, their queues and limits."""

import json
import sys
from pathlib import Path
from tempfile import mkdtemp

from kit.checks import check, contains, equal, run_checks
from kit.cli import cli
from kit.processes import FLOWS

sys.path.insert(0, str(FLOWS))

from small import small  # noqa: E402

POOL = "cli-pool"


def pool() -> dict:
    return cli("work-pool", "inspect", POOL, "--output", "json").json


def queue(name: str) -> dict:
    return cli("work-queue", "inspect", name, "--pool", POOL, "--output", "json").json


@check("work-pool create, ls and inspect")
def creates():
    contains(cli("work-pool", "create", POOL, "--type", "process").text, "Created work pool")
    contains(cli("work-pool", "create", POOL, "--type", "process", code=1).text, "already exists")
    contains(cli("work-pool", "ls").text, POOL)
    found = pool()
    equal((found["name"], found["type"], found["is_paused"]), (POOL, "process", False))
    equal("env" in found["base_job_template"]["variables"]["properties"], True, "the template of its kind")
    contains(cli("work-pool", "inspect", "no-pool", code=1).text, "not found")
    contains(cli("work-pool", "create", f"{POOL}-ecs", "--type", "ecs").text, "Created work pool")


@check("work-pool get-default-base-job-template, and a pool of one's own template")
def templates():
    template = cli("work-pool", "get-default-base-job-template", "--type", "process").json
    template["variables"]["properties"]["working_dir"]["default"] = "/srv"
    file = Path(mkdtemp()) / "template.json"
    file.write_text(json.dumps(template))
    cli("work-pool", "update", POOL, "--base-job-template", file, "--description", "of the tests")
    found = pool()
    equal(found["base_job_template"]["variables"]["properties"]["working_dir"]["default"], "/srv")
    equal(found["description"], "of the tests")


@check("work-pool pause and resume")
def pauses():
    cli("work-pool", "pause", POOL)
    equal((pool()["is_paused"], pool()["status"]), (True, "PAUSED"))
    cli("work-pool", "resume", POOL)
    equal(pool()["is_paused"], False)


@check("work-pool set- and clear-concurrency-limit, and slots")
def limits():
    cli("work-pool", "set-concurrency-limit", POOL, 7)
    equal(pool()["concurrency_limit"], 7)
    contains(cli("work-pool", "slots", POOL).text, "7")
    cli("work-pool", "clear-concurrency-limit", POOL)
    equal(pool()["concurrency_limit"], None)


@check("work-pool preview shows the runs to come")
def previews():
    small.to_deployment("previewed", work_pool_name=POOL).apply()
    cli("deployment", "run", "small/previewed", "--flow-run-name", "to-come")
    contains(cli("work-pool", "preview", POOL).text, "to-come")


@check("work-queue create, ls, inspect, pause, resume and delete")
def queues():
    cli("work-queue", "create", "first", "--pool", POOL, "--limit", 3, "--priority", 1)
    contains(cli("work-queue", "ls", "--pool", POOL).text, "first")
    found = queue("first")
    equal((found["name"], found["concurrency_limit"], found["priority"]), ("first", 3, 1))
    equal(queue("default")["priority"], 2, "the default queue makes room")
    cli("work-queue", "pause", "first", "--pool", POOL)
    equal(queue("first")["is_paused"], True)
    cli("work-queue", "resume", "first", "--pool", POOL)
    equal(queue("first")["is_paused"], False)
    cli("work-queue", "set-concurrency-limit", "first", 5, "--pool", POOL)
    equal(queue("first")["concurrency_limit"], 5)
    cli("work-queue", "clear-concurrency-limit", "first", "--pool", POOL)
    equal(queue("first")["concurrency_limit"], None)
    cli("work-queue", "preview", "default", "--pool", POOL)
    cli("work-queue", "read-runs", "first", "--pool", POOL)
    cli("--no-prompt", "work-queue", "delete", "first", "--pool", POOL)
    cli("work-queue", "inspect", "first", "--pool", POOL, code=1)


@check("work-pool delete")
def deletes():
    cli("--no-prompt", "work-pool", "delete", POOL)
    cli("work-pool", "inspect", POOL, code=1)


if __name__ == "__main__":
    run_checks()
