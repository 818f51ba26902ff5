"""
Stand-in for the package `uv` in Prefect's own tests, which start Prefect's commands by `uv run --isolated`, that is, in an
environment made for the occasion. Here they run in the one that is there.
"""

from pathlib import Path


def find_uv_bin() -> str:
    return str(Path(__file__).parent / "uv")
