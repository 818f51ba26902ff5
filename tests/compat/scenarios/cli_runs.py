"""The command line on flows, flow runs and task runs."""

import sys

from prefect.client.orchestration import get_client

from kit.checks import check, contains, equal, run_checks
from kit.cli import cli
from kit.processes import FLOWS
from kit.recorded import flow_run, logs, task_runs
from kit.waiting import eventually

sys.path.insert(0, str(FLOWS))

from small import small  # noqa: E402


def run_id(**parameters: object) -> str:
    return str(small(**parameters, return_state=True).state_details.flow_run_id)


@check("flow ls")
def flow_ls():
    run_id()
    contains(cli("flow", "ls").text, "small")
    found = cli("flow", "ls", "--output", "json").json
    contains([each["name"] for each in found], "small")


@check("flow-run ls")
def flow_run_ls():
    good, bad = run_id(), run_id(fails=True)
    contains(cli("flow-run", "ls").text, good)
    found = {each["id"]: each for each in cli("flow-run", "ls", "--output", "json").json}
    equal((found[good]["state"]["type"], found[bad]["state"]["type"]), ("COMPLETED", "FAILED"))
    failed = cli("flow-run", "ls", "--state-type", "FAILED", "--output", "json").json
    equal({each["state"]["type"] for each in failed}, {"FAILED"})
    of_flow = cli("flow-run", "ls", "--flow-name", "small", "--limit", 1, "--output", "json").json
    equal([each["id"] for each in of_flow], [bad])
    equal(cli("flow-run", "ls", "--flow-name", "nothing", "--output", "json").json, [])


@check("flow-run inspect")
def flow_run_inspect():
    run = run_id(value=5)
    found = cli("flow-run", "inspect", run, "--output", "json").json
    equal((found["id"], found["parameters"]), (run, {"value": 5, "fails": False}))
    contains(cli("flow-run", "inspect", run).text, "Completed")
    missing = cli("flow-run", "inspect", "00000000-0000-4000-8000-000000000000", code=1)
    contains(missing.text, "not found")


@check("flow-run logs")
def flow_run_logs():
    run = run_id(value=7)
    eventually(lambda: "value is 7" in [line.message for line in logs(run, 1)], "the line")
    contains(cli("flow-run", "logs", run).text, "value is 7")
    lines = cli("flow-run", "logs", run, "--head", "--num-logs", 1).text.strip().splitlines()
    equal(len(lines), 1)
    contains(cli("flow-run", "logs", run, "--reverse").text, "value is 7")


@check("flow-run cancel")
def flow_run_cancel():
    with get_client(sync_client=True) as client:
        run = str(client.create_flow_run(small).id)
    cli("flow-run", "cancel", run)
    equal(flow_run(run).state.name in ("Cancelled", "Cancelling"), True, flow_run(run).state.name)
    ended = run_id()
    contains(cli("flow-run", "cancel", ended, code=1).text, "terminal state")


@check("flow-run delete")
def flow_run_delete():
    run = run_id()
    cli("--no-prompt", "flow-run", "delete", run)
    cli("flow-run", "inspect", run, code=1)


@check("flow-run retry, of a run of a flow that is found by its entrypoint")
def flow_run_retry():
    run = run_id(fails=True)
    said = cli("flow-run", "retry", run, "--entrypoint", f"{FLOWS}/small.py:small", code=1)
    contains(said.text, "asked to fail")
    equal((flow_run(run).state.name, flow_run(run).run_count), ("Failed", 2))


@check("flow-run watch ends with its run")
def flow_run_watch():
    contains(cli("flow-run", "watch", run_id()).text, "Completed")


@check("task-run ls, inspect and logs")
def task_run_commands():
    run = run_id()
    (task_run,) = task_runs(run, 1)
    found = cli("task-run", "ls", "--output", "json").json
    contains([each["id"] for each in found], str(task_run.id))
    contains(cli("task-run", "ls", "--state-type", "COMPLETED").text, str(task_run.id))
    equal(cli("task-run", "inspect", task_run.id, "--output", "json").json["name"], task_run.name)
    contains(cli("task-run", "inspect", task_run.id).text, task_run.name)

    def logged() -> bool:
        return "Finished in state" in cli("task-run", "logs", task_run.id).text

    eventually(logged, "the task's log")


if __name__ == "__main__":
    run_checks()
