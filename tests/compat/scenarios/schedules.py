"""Schedules: runs that nobody asks for, of deployments that are served, and of some that nothing runs."""

from datetime import UTC, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from prefect import flow
from prefect.client.orchestration import get_client
from prefect.schedules import Cron, Interval, RRule, Schedule

from kit.checks import check, equal, run_checks
from kit.deployments import deployment, runs_of
from kit.processes import FLOWS, python
from kit.waiting import eventually

SERVED = FLOWS / "ticking.py"


@check("an interval makes runs without anybody asking, and the deployment is paused when it is no longer served")
def interval():
    name = "ticking/each-interval"

    def completed() -> list:
        runs = [run for run in runs_of(name) if run.state.name == "Completed"]
        return runs if len(runs) >= 2 else []

    with python(SERVED, "each-interval"):
        runs = eventually(completed, "two runs of the interval")
    due = sorted(run.expected_start_time for run in runs)
    steps = {(later - earlier).total_seconds() % 10 for earlier, later in zip(due, due[1:], strict=False)}
    equal(steps, {0.0}, "whole intervals between them")
    equal({run.parameters["by"] for run in runs}, {"interval"})
    equal({(run.auto_scheduled, run.created_by.type) for run in runs}, {(True, "SCHEDULE")})
    eventually(lambda: deployment(name).paused, "the deployment to be paused")


@check("a deployment that is served paused has no runs until it is resumed, and none that wait once it is paused again")
def paused():
    name = "ticking/held"

    def none_waits() -> bool:
        return all(run.state.name not in ("Scheduled", "Late") for run in runs_of(name))

    with python(SERVED, "held") as server:
        server.until_printed("being served")
        held = deployment(name)
        equal((held.paused, [schedule.active for schedule in held.schedules]), (True, [True]))
        equal(runs_of(name), [])
        with get_client(sync_client=True) as client:
            client.resume_deployment(held.id)
        eventually(lambda: runs_of(name), "runs after it was resumed")
        with get_client(sync_client=True) as client:
            client.pause_deployment(held.id)
        eventually(none_waits, "its waiting runs to go once it is paused")


@flow
def planned() -> None:
    raise AssertionError("nothing runs it")


def deploy(name: str, *schedules: Schedule, paused: bool = False) -> UUID:
    """A deployment that has schedules and no process to run it; its id."""
    given = planned.to_deployment(name, schedules=list(schedules), paused=paused)
    return given.apply()


def due_times(name: str, count: int) -> list[datetime]:
    def look() -> list[datetime]:
        times = sorted(run.expected_start_time for run in runs_of(name))
        return times if len(times) >= count else []

    return eventually(look, f"{count} runs of {name}")


@check("a cron schedule keeps to its zone")
def cron():
    deploy("cron", Cron("30 2 * * *", timezone="America/New_York"))
    times = [time.astimezone(ZoneInfo("America/New_York")) for time in due_times("planned/cron", 3)]
    equal({(time.hour, time.minute) for time in times}, {(2, 30)})
    equal(len({time.date() for time in times}), len(times), "one a day")


@check("a recurrence rule is kept to")
def rrule():
    deploy("rrule", RRule("FREQ=WEEKLY;BYDAY=MO,WE;BYHOUR=9;BYMINUTE=0;BYSECOND=0", timezone="UTC"))
    times = due_times("planned/rrule", 3)
    equal({(time.weekday() in (0, 2), time.hour, time.minute) for time in times}, {(True, 9, 0)})


@check("an interval is counted from its anchor")
def anchor():
    at = datetime(2020, 1, 1, 0, 17, tzinfo=UTC)
    deploy("anchored", Interval(timedelta(hours=1), anchor_date=at))
    equal({time.minute for time in due_times("planned/anchored", 3)}, {17})


@check("each schedule of a deployment has its parameters")
def several():
    @flow
    def with_region(region: str) -> None:
        raise AssertionError("nothing runs it")

    given = with_region.to_deployment(
        "several",
        schedules=[
            Cron("0 1 * * *", timezone="UTC", parameters={"region": "north"}, slug="north"),
            Cron("0 2 * * *", timezone="UTC", parameters={"region": "south"}, slug="south"),
        ],
    )
    given.apply()
    due_times("with-region/several", 4)
    found = {(run.expected_start_time.hour, run.parameters["region"]) for run in runs_of("with-region/several")}
    equal(found, {(1, "north"), (2, "south")})
    equal({schedule.slug for schedule in deployment("with-region/several").schedules}, {"north", "south"})


@check("runs of a schedule that is taken away or turned off go with it")
def edited():
    deployment_id = deploy("edited", Cron("0 3 * * *", timezone="UTC"), Cron("0 4 * * *", timezone="UTC"))
    due_times("planned/edited", 4)
    with get_client(sync_client=True) as client:
        three, four = sorted(deployment("planned/edited").schedules, key=lambda each: each.schedule.cron)
        client.update_deployment_schedule(deployment_id, three.id, active=False)
        eventually(lambda: {time.hour for time in due_times("planned/edited", 1)} == {4}, "only the second's runs")
        client.delete_deployment_schedule(deployment_id, four.id)
        eventually(lambda: runs_of("planned/edited") == [], "no runs at all")


@check("a deployment that is deployed again has the new schedules only")
def replaced():
    deploy("replaced", Cron("0 5 * * *", timezone="UTC"))
    due_times("planned/replaced", 2)
    deploy("replaced", Cron("0 6 * * *", timezone="UTC"))
    eventually(lambda: {time.hour for time in due_times("planned/replaced", 1)} == {6}, "the new schedule's runs")


@check("a paused deployment has no runs")
def never_resumed():
    deploy("paused", Cron("0 7 * * *", timezone="UTC"), paused=True)
    deploy("after", Cron("0 7 * * *", timezone="UTC"))
    due_times("planned/after", 1)
    equal(runs_of("planned/paused"), [])


if __name__ == "__main__":
    run_checks()
