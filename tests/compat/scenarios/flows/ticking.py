"""A flow that is served on a schedule. Its runs are far apart, because each starts Prefect anew in some seconds."""

import sys
from datetime import timedelta

from prefect import flow, serve

INTERVAL = timedelta(seconds=10)


@flow
def ticking(by: str) -> str:
    return by


if __name__ == "__main__":
    deployments = {
        "each-interval": ticking.to_deployment("each-interval", interval=INTERVAL, parameters={"by": "interval"}),
        "held": ticking.to_deployment("held", interval=INTERVAL, parameters={"by": "nobody"}, paused=True),
    }
    serve(*[deployments[name] for name in sys.argv[1:]], limit=1)
