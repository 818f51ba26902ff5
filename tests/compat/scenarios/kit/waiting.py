"""Waiting for what another process, or a loop of the server, does in its own time."""

import os
import time
from collections.abc import Callable
from typing import TypeVar

Found = TypeVar("Found")

# Generous: a busy machine is no failure, and nothing waits longer than it must.
LIMIT_S = float(os.environ.get("MILLRACE_COMPAT_LIMIT_S", "120"))
POLL_S = 0.1


def eventually(look: Callable[[], Found], what: str, limit_s: float = LIMIT_S) -> Found:
    """Looks until there is something; what it found. Fails with the last that was seen."""
    deadline = time.monotonic() + limit_s
    while True:
        found = look()
        if found:
            return found
        if time.monotonic() > deadline:
            raise AssertionError(f"{what}: not within {limit_s} s; last seen {found!r}")
        time.sleep(POLL_S)
