"""The command line on blocks, variables, artifacts, limits, automations, events, profiles and the server."""

import json
import os
from pathlib import Path
from tempfile import mkdtemp

from prefect import flow
from prefect.artifacts import create_markdown_artifact
from prefect.blocks.system import Secret
from prefect.client.orchestration import get_client

from kit.checks import check, contains, equal, run_checks
from kit.cli import cli
from kit.events import events
from kit.processes import prefect
from kit.waiting import LIMIT_S, eventually


@check("block ls, inspect and delete; block type ls and inspect")
def blocks():
    Secret(value="hush").save("cli-secret")
    contains(cli("block", "ls").text, "secret/cli-secret")
    contains([each["name"] for each in cli("block", "ls", "--output", "json").json], "cli-secret")
    shown = cli("block", "inspect", "secret/cli-secret").text
    equal(("hush" in shown, "cli-secret" in shown), (False, True), "the value is not shown")
    # The server has these from its start; nobody has registered them.
    types = cli("block", "type", "ls").text
    for slug in ("local-file-system", "secret", "webhook"):
        contains(types, slug)
    contains(cli("block", "type", "inspect", "local-file-system").text, "basepath")
    cli("--no-prompt", "block", "delete", "secret/cli-secret")
    cli("block", "inspect", "secret/cli-secret", code=1)


BLOCK_FILE = '''
from prefect.blocks.core import Block


class CliBlock(Block):
    """Registered by the command line."""

    host: str
'''


@check("block register, of a file")
def registers():
    file = Path(mkdtemp()) / "cli_block.py"
    file.write_text(BLOCK_FILE)
    contains(cli("block", "register", "--file", file).text, "CliBlock")
    contains(cli("block", "type", "inspect", "cliblock").text, "CliBlock")
    cli("--no-prompt", "block", "type", "delete", "cliblock")


@check("variable set, get, inspect, ls and unset")
def variables():
    cli("variable", "set", "cli_variable", '{"rows": 3}', "--tag", "cli")
    contains(cli("variable", "get", "cli_variable").text, "rows")
    found = cli("variable", "inspect", "cli_variable", "--output", "json").json
    equal((found["value"], found["tags"]), ({"rows": 3}, ["cli"]))
    cli("variable", "set", "cli_variable", "text", code=1)
    cli("variable", "set", "cli_variable", "text", "--overwrite")
    equal(cli("variable", "get", "cli_variable").text.strip(), '"text"')
    contains([each["name"] for each in cli("variable", "ls", "--output", "json").json], "cli_variable")
    cli("--no-prompt", "variable", "unset", "cli_variable")
    cli("variable", "get", "cli_variable", code=1)


@check("artifact ls, inspect and delete")
def artifacts():
    @flow
    def writes() -> None:
        create_markdown_artifact("first", key="cli-artifact")
        create_markdown_artifact("second", key="cli-artifact")

    writes()
    contains(cli("artifact", "ls").text, "cli-artifact")
    found = cli("artifact", "inspect", "cli-artifact", "--output", "json").json
    equal([each["data"] for each in found], ["second", "first"])
    cli("--no-prompt", "artifact", "delete", "cli-artifact")
    cli("artifact", "inspect", "cli-artifact", code=1)


@check("concurrency-limit create, ls, inspect, reset and delete")
def tag_limits():
    cli("concurrency-limit", "create", "cli-tag", 3)
    contains(cli("concurrency-limit", "ls").text, "cli-tag")
    found = cli("concurrency-limit", "inspect", "cli-tag", "--output", "json").json
    equal((found["tag"], found["concurrency_limit"]), ("cli-tag", 3))
    cli("concurrency-limit", "reset", "cli-tag")
    cli("--no-prompt", "concurrency-limit", "delete", "cli-tag")
    cli("concurrency-limit", "inspect", "cli-tag", code=1)


@check("gcl create, ls, inspect, update, disable, enable and delete")
def global_limits():
    cli("gcl", "create", "cli-limit", "--limit", 3, "--slot-decay-per-second", 0.5)
    contains(cli("gcl", "ls").text, "cli-limit")

    def limit() -> dict:
        return cli("gcl", "inspect", "cli-limit", "--output", "json").json

    equal((limit()["limit"], limit()["slot_decay_per_second"], limit()["active"]), (3, 0.5, True))
    cli("gcl", "update", "cli-limit", "--limit", 8)
    equal(limit()["limit"], 8)
    cli("gcl", "disable", "cli-limit")
    equal(limit()["active"], False)
    cli("gcl", "enable", "cli-limit")
    equal(limit()["active"], True)
    cli("--no-prompt", "gcl", "delete", "cli-limit")
    cli("gcl", "inspect", "cli-limit", code=1)


AUTOMATION = {
    "name": "cli-automation",
    "trigger": {"type": "event", "posture": "Reactive", "expect": ["compat.cli"], "threshold": 1, "within": 0},
    "actions": [{"type": "do-nothing"}],
}


@check("automation create, ls, inspect, pause, resume, update and delete")
def automations():
    cli("automation", "create", "--from-json", json.dumps(AUTOMATION))
    contains(cli("automation", "ls").text, "cli-automation")

    def inspect() -> dict:
        found = cli("automation", "inspect", "cli-automation", "--json").json
        return found[0] if isinstance(found, list) else found

    equal((inspect()["enabled"], inspect()["trigger"]["expect"]), (True, ["compat.cli"]))
    cli("automation", "pause", "cli-automation")
    equal(inspect()["enabled"], False)
    cli("automation", "resume", "cli-automation")
    equal(inspect()["enabled"], True)
    changed = AUTOMATION | {"description": "changed by the command line"}
    cli("automation", "update", "--id", inspect()["id"], "--from-json", json.dumps(changed))
    equal(inspect()["description"], "changed by the command line")
    cli("--no-prompt", "automation", "delete", "cli-automation")
    with get_client(sync_client=True) as client:
        names = [each["name"] for each in client._client.post("/automations/filter", json={}).json()]
    equal("cli-automation" in names, False)


@check("event emit and event stream")
def event_commands():
    with prefect("event", "stream", "--format", "json") as stream:
        # It listens only some time after it says that it does.
        def heard() -> bool:
            cli("event", "emit", "compat.cli.emitted", "--resource-id", "compat.cli", "--payload", '{"rows": 3}')
            return "compat.cli.emitted" in stream.printed()

        eventually(heard, "an event on the stream")
    (found, *_) = events(1, event={"name": ["compat.cli.emitted"]})
    equal((found.resource.id, found.payload), ("compat.cli", {"rows": 3}))


@check("server status and version")
def server():
    contains(cli("server", "status").text, os.environ["PREFECT_API_URL"])
    equal(cli("server", "status", "--output", "json").json["status"], "available")
    contains(cli("version").text, "3.9.1")


@check("profile and config, which are of the client alone")
def profiles():
    cli("profile", "create", "compat")
    cli("--profile", "compat", "config", "set", "PREFECT_LOGGING_LEVEL=ERROR")
    contains(cli("profile", "inspect", "compat").text, "PREFECT_LOGGING_LEVEL='ERROR'")
    contains(cli("profile", "ls").text, "compat")
    contains(cli("config", "view").text, f"PREFECT_API_URL='{os.environ['PREFECT_API_URL']}'")
    cli("--no-prompt", "profile", "delete", "compat")


@check("a server that is not there is told as such")
def nowhere():
    with prefect("server", "status", PREFECT_API_URL="http://127.0.0.1:9/api") as status:
        equal(status.popen.wait(LIMIT_S), 1, "its exit code")
        contains(status.printed(), "http://127.0.0.1:9/api")


if __name__ == "__main__":
    run_checks()
