"""A worker of processes that can end one it is told of, as workers of containers can: tearing_worker.py POOL"""

import asyncio
import os
import signal
import sys

from prefect.exceptions import InfrastructureNotFound
from prefect.workers.process import ProcessJobConfiguration, ProcessWorker


class TearingWorker(ProcessWorker):
    async def kill_infrastructure(
        self, infrastructure_pid: str, configuration: ProcessJobConfiguration, grace_seconds: int = 30
    ) -> None:
        try:
            os.kill(int(infrastructure_pid), signal.SIGTERM)
        except ProcessLookupError as error:
            raise InfrastructureNotFound(infrastructure_pid) from error
        print(f"torn-down {infrastructure_pid}", flush=True)


if __name__ == "__main__":
    asyncio.run(TearingWorker(work_pool_name=sys.argv[1], name="tearing-worker").start())
