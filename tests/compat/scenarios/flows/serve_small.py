"""Serves the flow that the command line watches."""

from small import small

if __name__ == "__main__":
    small.serve("watched", limit=1)
