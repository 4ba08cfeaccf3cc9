"""Workers under a Jupyter kernel: started from it, without its state, ended with it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import psutil
import pytest

CELLS = [
    "import os, threading\nstate = 'only in the notebook'\nos.environ['SOME_SECRET'] = 'x'",
    "from hicognition_widgets.jobs.local_cluster import LocalCluster\n"
    "from hicognition_widgets.jobs.resources import Machine\n"
    "cluster = LocalCluster(Machine(cores=1, memory=4 * 2**30))\n"
    "cluster.start('interactive')",
    "from distributed import Client\n"
    "client = Client(cluster.address, security=cluster.security, set_as_default=False)\n"
    "future = client.submit(eval, \"'state' in vars(__import__('__main__'))\")\n"
    "print(future.result(), cluster._process.pid)",
]


@pytest.mark.slow
def test_workers_of_a_notebook(tmp_path: Path) -> None:
    from jupyter_client.manager import start_new_kernel

    manager, client = start_new_kernel(kernel_name="python3", cwd=str(tmp_path))
    try:
        printed: list[str] = []

        def hear(message: Any) -> None:
            if message["msg_type"] == "stream":
                printed.append(message["content"]["text"])

        for cell in CELLS:
            reply = client.execute_interactive(cell, output_hook=hear, timeout=120)
            assert reply["content"]["status"] == "ok", reply["content"]
        answer, number = "".join(printed).split()[-2:]
        assert answer == "False"
        host = psutil.Process(int(number))
        processes = [host, *host.children(recursive=True)]
        assert len(processes) >= 2
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
        manager.context.destroy()
    _, alive = psutil.wait_procs(processes, timeout=60)
    assert not alive
