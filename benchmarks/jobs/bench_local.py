"""Start, latency and scaling of the local cluster on the demo data: seconds, printed.

Run it alone on the machine: ``python benchmarks/jobs/bench_local.py``.
"""

from __future__ import annotations

import os
import statistics
import tempfile
import threading
import time
from pathlib import Path

from distributed import Client

import hicognition_widgets as hcw
from hicognition_widgets.jobs.local_cluster import LocalCluster
from hicognition_widgets.jobs.resources import Machine, this_machine

DATA = Path(hcw.__file__).parent / "demo" / "data"


def busy(seconds: float) -> float:
    """Work of a fixed amount of processor time; the time on the clock that it took."""
    began = time.perf_counter()
    end = time.process_time() + seconds
    while time.process_time() < end:
        sum(range(1000))
    return time.perf_counter() - began


def scaling() -> None:
    machine = this_machine()
    took = {}
    for workers in (1, 2):
        cluster = LocalCluster(Machine(cores=workers, memory=machine.memory))
        began = time.perf_counter()
        cluster.start("bulk")
        print(f"{workers} worker(s) started in {time.perf_counter() - began:.1f} s")
        with Client(cluster.address, security=cluster.security, set_as_default=False) as client:
            client.gather(client.map(busy, [0.01] * 4, pure=False, resources={"bulk": 1}))
            began = time.perf_counter()
            tasks = client.map(busy, [0.5] * 16, pure=False, resources={"bulk": 1})
            inside = sum(client.gather(tasks))
            took[workers] = time.perf_counter() - began
            print(f"part of the time that workers work: {inside / took[workers] / workers:.2f}")
        cluster.close()
        print(f"16 tasks of 0.5 s on {workers} worker(s): {took[workers]:.2f} s")
    print(f"efficiency from 1 to 2 workers: {took[1] / took[2] / 2:.2f}")


def latency() -> None:
    with tempfile.TemporaryDirectory() as folder:
        workspace = hcw.Workspace(
            catalog=Path(folder) / "catalog.sqlite", store=Path(folder) / "store", user="bench"
        )
        with workspace:
            peaks = workspace.add_regions(
                DATA / "Bonev_CTCF+.bed", assembly="mm9", name="peaks"
            )
            track = workspace.add_feature(
                DATA / "derived_CTCF_site_count_10kb.bw", assembly="mm9", name="track"
            )
            began = time.perf_counter()
            workspace.profile(peaks, track, flank=100_000, binsize=10_000)
            print(
                f"first question, workers started for it: {time.perf_counter() - began:.1f} s"
            )
            stop = threading.Event()
            fill = threading.Thread(target=_fill, args=(workspace, peaks, stop))
            fill.start()
            time.sleep(5)
            waits = []
            for number in range(10):
                began = time.perf_counter()
                workspace.profile(peaks, track, flank=50_000 + 10_000 * number, binsize=10_000)
                waits.append(time.perf_counter() - began)
            stop.set()
            fill.join()
            print(
                f"question to answer beside a full bulk queue: median "
                f"{statistics.median(waits):.2f} s, most {max(waits):.2f} s"
            )


def _fill(workspace: hcw.Workspace, peaks: object, stop: threading.Event) -> None:
    contact_map = workspace.add_feature(
        DATA / "Scc1-control.chr1-5.mcool", assembly="mm9", name="map"
    )
    number = 0
    while not stop.is_set():
        number += 1
        flanks = [10_000 * (number * 20 + i) for i in range(1, 20)]
        job = workspace.preprocess(peaks, contact_map, flanks=flanks, binsizes=[10_000])
        while not job.done() and not stop.is_set():
            time.sleep(0.1)
        job.cancel()


if __name__ == "__main__":
    print(f"machine: {this_machine()}, load {os.getloadavg()[0]:.1f}")
    scaling()
    latency()
