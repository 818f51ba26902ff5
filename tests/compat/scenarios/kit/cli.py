"""
Prefect's command line, a process for each command. Loading Prefect takes two seconds, so each is forked from a process
that has loaded it and done nothing else; what runs is the entry point of `prefect` itself.
"""

import json
import multiprocessing
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from kit.cli_command import run_command
from kit.waiting import LIMIT_S

_context = multiprocessing.get_context("forkserver")
_context.set_forkserver_preload(
    [
        "prefect.main",
        "prefect.events.clients",
        "prefect.cli.artifact",
        "prefect.cli.automation",
        "prefect.cli.block",
        "prefect.cli.deploy",
        "prefect.cli.deployment",
        "prefect.cli.flow_run",
        "prefect.cli.work_pool",
        "prefect.cli.work_queue",
    ]
)


@dataclass(frozen=True)
class Said:
    code: int | None
    """None where it was not done within its limit."""
    text: str

    @property
    def json(self):
        try:
            return json.loads(self.text)
        except json.JSONDecodeError as error:
            raise AssertionError(f"not JSON: {self.text!r}") from error


def cli(*args: object, code: int = 0) -> Said:
    """Runs a command to its end, without a terminal. Fails where it ends with another code."""
    words = [str(each) for each in args]
    with TemporaryDirectory() as folder:
        output = Path(folder) / "output"
        process = _context.Process(target=run_command, args=(words, str(output)))
        process.start()
        process.join(LIMIT_S)
        said = Said(process.exitcode, output.read_text(errors="replace"))
        process.kill()
    if said.code != code:
        raise AssertionError(f"prefect {' '.join(words)} ended with {said.code}:\n{said.text}")
    return said
