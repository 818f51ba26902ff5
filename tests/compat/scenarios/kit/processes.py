"""Programs beside the scenario's own: flows in processes of theirs, workers, served deployments."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkstemp

from kit.waiting import LIMIT_S, eventually

FLOWS = Path(__file__).parent.parent / "flows"
PREFECT = Path(sys.executable).parent / "prefect"

STOP_LIMIT_S = 30.0


@dataclass(frozen=True)
class Process:
    popen: subprocess.Popen
    output: Path

    def printed(self) -> str:
        return self.output.read_text(errors="replace")

    def until_printed(self, text: str) -> None:
        def look() -> bool:
            if text in self.printed():
                return True
            if self.popen.poll() is not None:
                raise AssertionError(f"it ended with {self.popen.returncode} before it printed {text!r}")
            return False

        eventually(look, f"{text!r} to be printed", LIMIT_S)

    def word_after(self, text: str) -> str:
        """Waits for a line "<text> <word>", and gives the word."""
        self.until_printed(f"{text} ")
        return self.printed().split(f"{text} ", 1)[1].split()[0]


@contextmanager
def python(*args: object, **env: str) -> Iterator[Process]:
    """A Python program, ended when the block is left. What it printed is added to what the block raises."""
    with _started([sys.executable, *map(str, args)], env) as process:
        yield process


@contextmanager
def prefect(*args: object, **env: str) -> Iterator[Process]:
    """A command of Prefect that goes on until it is ended, such as `worker start`."""
    with _started([str(PREFECT), *map(str, args)], env) as process:
        yield process


@contextmanager
def _started(command: list[str], env: dict[str, str]) -> Iterator[Process]:
    handle, path = mkstemp(suffix=".log")
    with os.fdopen(handle, "w") as output:
        popen = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT, env=os.environ | env)
    process = Process(popen, Path(path))
    try:
        yield process
    except Exception as error:
        error.add_note(f"What {' '.join(command)} printed:\n{process.printed()[-6000:]}")
        raise
    finally:
        _stop(popen)
        process.output.unlink()


def _stop(popen: subprocess.Popen) -> None:
    if popen.poll() is None:
        popen.terminate()
    try:
        popen.wait(STOP_LIMIT_S)
    except subprocess.TimeoutExpired:
        popen.kill()
        popen.wait()
