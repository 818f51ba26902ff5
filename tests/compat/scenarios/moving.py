"""
From the server of MILLRACE_COMPAT_SOURCE to the one of PREFECT_API_URL: what `prefect transfer` moves, and what the program in
docs/migrating-from-prefect.md moves, as the page has it.
"""

import os
import re
import subprocess
import sys
from pathlib import Path
from tempfile import mkdtemp

from prefect import flow, variables
from prefect.automations import Automation, EventTrigger, RunDeployment
from prefect.blocks.abstract import NotificationBlock
from prefect.blocks.system import Secret
from prefect.client.orchestration import SyncPrefectClient
from prefect.client.schemas.actions import DeploymentScheduleCreate, GlobalConcurrencyLimitCreate, WorkPoolCreate
from prefect.client.schemas.schedules import CronSchedule
from prefect.events.actions import SendNotification
from prefect.exceptions import ObjectNotFound
from prefect.settings import PREFECT_API_URL, temporary_settings
from pydantic import SecretStr

from kit.checks import check, contains, equal, run_checks
from kit.processes import PREFECT
from kit.waiting import LIMIT_S

SOURCE = os.environ["MILLRACE_COMPAT_SOURCE"]
TARGET = os.environ["PREFECT_API_URL"]
PAGE = Path(__file__).parents[3] / "docs/migrating-from-prefect.md"

source, target = SyncPrefectClient(api=SOURCE), SyncPrefectClient(api=TARGET)


def run(*command: object, **env: str) -> str:
    """A program to its end, as a person starts it who has taken PREFECT_API_URL out. What it printed."""
    given = {name: value for name, value in os.environ.items() if name != "PREFECT_API_URL"} | env
    words = [str(word) for word in command]
    done = subprocess.run(words, env=given, capture_output=True, text=True, timeout=LIMIT_S, stdin=subprocess.DEVNULL)
    if done.returncode != 0:
        raise AssertionError(f"{' '.join(words)} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
    return done.stdout


class MovedNotification(NotificationBlock):
    """Of a type that no server brings along."""

    token: SecretStr

    async def notify(self, body: str, subject: str | None = None) -> None:
        raise NotImplementedError


@flow(name="moved")
def moved(rows: int = 1):
    return rows


@check("the old server has what is moved")
def fills():
    with temporary_settings({PREFECT_API_URL: SOURCE}):
        Secret(value="hush").save("moved-secret")
        MovedNotification(token="s3cret").save("moved-team")
        variables.Variable.set("moved_variable", {"rows": 3}, tags=["moved"])
    template = {
        "job_configuration": {"command": "{{ command }}"},
        "variables": {"type": "object", "properties": {"command": {"type": "string", "default": "true"}}},
    }
    source.create_work_pool(WorkPoolCreate(name="moved-pool", type="process", base_job_template=template))
    source.create_work_queue(name="urgent", work_pool_name="moved-pool", priority=1)
    source.create_global_concurrency_limit(
        GlobalConcurrencyLimitCreate(name="moved-limit", limit=7, slot_decay_per_second=0.5)
    )
    source.create_concurrency_limit(tag="moved-tag", concurrency_limit=2)
    id = source.create_deployment(
        flow_id=source.create_flow(moved),
        name="nightly",
        version="v1",
        parameters={"rows": 2},
        tags=["prod"],
        entrypoint="moved.py:moved",
        path="/srv/moved",
        work_pool_name="moved-pool",
        work_queue_name="urgent",
        schedules=[DeploymentScheduleCreate(schedule=CronSchedule(cron="0 2 * * *", timezone="Europe/Berlin"))],
        job_variables={"command": "python"},
        concurrency_limit=1,
        paused=True,
    )
    with temporary_settings({PREFECT_API_URL: SOURCE}):
        block = source.read_block_document_by_name("moved-team", "movednotification")
        Automation(
            name="moved-automation",
            trigger=EventTrigger(expect={"moved.event"}, match={}, posture="Reactive", threshold=1, within=0),
            actions=[
                RunDeployment(source="selected", deployment_id=id, parameters={"rows": 5}),
                SendNotification(block_document_id=block.id, subject="moved", body="moved"),
            ],
        ).create()
    equal(source.read_deployment_by_name("moved/nightly").id, id)


def has_types() -> bool:
    try:
        return target.read_block_type_by_slug("secret") is not None
    except ObjectNotFound:
        return False


def secret_over_there() -> str | None:
    try:
        return Secret.load("moved-secret").get()
    except ValueError:
        return None


@check("`prefect transfer` moves blocks with their secrets, variables, pools, queues and limits")
def transfers():
    had_types = has_types()
    for name, url in (("old", SOURCE), ("new", TARGET)):
        run(PREFECT, "profile", "create", name)
        run(PREFECT, "--profile", name, "config", "set", f"PREFECT_API_URL={url}")
    run(PREFECT, "--no-prompt", "transfer", "--from", "old", "--to", "new")
    equal(MovedNotification.load("moved-team").token.get_secret_value(), "s3cret")
    # What needs something that is there already is left out, and a server of Prefect has the types of its own blocks.
    equal(secret_over_there(), None if had_types else "hush", "a block of Prefect's own types")
    equal(variables.Variable.get("moved_variable"), {"rows": 3})
    here, there = (client.read_work_pool("moved-pool") for client in (source, target))
    equal((there.type, there.base_job_template), (here.type, here.base_job_template))
    queues = {queue.name: queue.priority for queue in target.read_work_queues(work_pool_name="moved-pool")}
    equal(queues.get("urgent"), 1, "the queue's priority")
    limit = target.read_global_concurrency_limit_by_name("moved-limit")
    equal((limit.limit, limit.slot_decay_per_second), (7, 0.0), "the limit, which the command moves without its decay")
    equal(target.read_concurrency_limit_by_tag("moved-tag").concurrency_limit, 2)


def move() -> str:
    [program] = re.findall(r"```python\n(# move\.py\n.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    file = Path(mkdtemp()) / "move.py"
    file.write_text(program, encoding="utf-8")
    return run(sys.executable, file, SOURCE, TARGET)


KEPT = (
    "name version parameters tags entrypoint path work_pool_name work_queue_name job_variables paused"
    " parameter_openapi_schema enforce_parameter_schema"
).split()


@check("move.py of the page gives a deployment that was moved the limit that it has lost")
def gives_limits():
    equal(target.read_deployment_by_name("moved/nightly").global_concurrency_limit, None, "the limit before")
    contains(move(), "limit of deployment moved/nightly")
    limit = target.read_deployment_by_name("moved/nightly").global_concurrency_limit
    equal(limit and limit.limit, 1, "the limit")


@check("move.py of the page copies what is not there: deployments with their schedules and limits")
def moves_deployments():
    found = target.read_deployments()
    for each in found:
        target.delete_deployment(each.id)
    contains(move(), "deployment moved/nightly")
    here, there = (client.read_deployment_by_name("moved/nightly") for client in (source, target))
    for name in KEPT:
        equal(getattr(there, name), getattr(here, name), name)
    times = [(each.schedule.cron, each.schedule.timezone, each.active) for each in there.schedules]
    equal(times, [("0 2 * * *", "Europe/Berlin", True)], "schedules")
    equal(there.global_concurrency_limit and there.global_concurrency_limit.limit, 1, "the limit")


@check("and automations, which name the deployments and blocks over there")
def moves_automations():
    for each in target.read_automations():
        target.delete_automation(each.id)
    contains(move(), "automation moved-automation")
    [automation] = target.read_automations_by_name("moved-automation")
    run_deployment, notification = automation.actions
    equal(run_deployment.deployment_id, target.read_deployment_by_name("moved/nightly").id)
    equal(run_deployment.parameters, {"rows": 5})
    block = target.read_block_document_by_name("moved-team", "movednotification")
    equal(notification.block_document_id, block.id)
    equal(automation.trigger.expect, {"moved.event"})


@check("move.py run again leaves alone what is there")
def moves_nothing_again():
    equal(move(), "")
    equal(len(target.read_deployments()), 1)
    equal(len(target.read_automations_by_name("moved-automation")), 1)


if __name__ == "__main__":
    run_checks()
