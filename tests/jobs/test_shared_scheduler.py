"""A scheduler that notebooks share, and clusters that Dask's configuration names."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dask
import pytest

from hicognition_widgets.errors import JobError, SettingsError
from hicognition_widgets.jobs.factories import make_cluster
from hicognition_widgets.jobs.known import Jobs
from hicognition_widgets.jobs.local_cluster import LocalCluster
from hicognition_widgets.jobs.resources import Machine

PATIENCE = 120.0


@pytest.fixture
def shared(tmp_path: Path) -> Iterator[LocalCluster]:
    """A scheduler with workers that no notebook started; Dask knows its certificates."""
    cluster = LocalCluster(Machine(cores=1, memory=4 * 2**30))
    try:
        cluster.start("bulk")
        cluster.start("interactive")
        security: Any = cluster.security
        files = {}
        for name in ("tls_ca_file", "tls_client_cert", "tls_client_key"):
            files[name] = tmp_path / f"{name}.pem"
            files[name].touch(mode=0o600)
            files[name].write_text(str(getattr(security, name)))
        tls = {
            "distributed.comm.tls.ca-file": str(files["tls_ca_file"]),
            "distributed.comm.tls.client.cert": str(files["tls_client_cert"]),
            "distributed.comm.tls.client.key": str(files["tls_client_key"]),
        }
        with dask.config.set(tls):
            yield cluster
    finally:
        cluster.close()


@pytest.mark.slow
def test_two_notebooks_share_it_and_a_job_outlives_its_notebook(
    rooms: Any, shared: LocalCluster
) -> None:
    assert shared.address.startswith("tls://")
    first = rooms.broker(shared.address)
    asked = [
        rooms.request("pileup", "peaks", "control", flank=flank, binsize=10_000)
        for flank in (100_000, 200_000)
    ] + [rooms.request("profile", "peaks", "ctcf", flank=50_000, binsize=10_000)]
    job = first.submit(first.plan(asked), title="left behind")
    latest = time.monotonic() + PATIENCE
    while job.state == "queued" and time.monotonic() < latest:
        time.sleep(0.02)
    first.close()
    assert rooms.catalog.job(job.id).state == "interrupted"

    second = rooms.broker(shared.address)
    while time.monotonic() < latest:
        found = Jobs(second)[job.id]
        if found.state == "finished":
            break
        time.sleep(0.5)
    assert (found.state, found.progress.done) == ("finished", 3)
    assert second._workshop.runner is None  # nothing was computed again
    result = second.ask(asked[0]).result(PATIENCE)
    assert result.meta["n_used"] > 0
    fresh = rooms.request("profile", "minus", "ctcf", flank=50_000, binsize=10_000)
    assert second.ask(fresh).result(PATIENCE).meta["n_used"] > 0
    second.close()


def test_a_scheduler_that_is_not_there_is_one_sentence(
    rooms: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hicognition_widgets.jobs.dask_runner._CONNECT_SECONDS", 0.5)
    broker = rooms.broker("tcp://127.0.0.1:1")
    request = rooms.request("profile", "peaks", "ctcf", flank=50_000, binsize=10_000)
    with pytest.raises(JobError, match="cannot be reached"):
        broker.ask(request).result(60)


FACTORY = {
    "module": "distributed",
    "class": "LocalCluster",
    "args": [],
    "kwargs": {
        "n_workers": 0,
        "threads_per_worker": 1,
        "processes": True,
        "dashboard_address": None,
    },
}
"""A cluster of Dask's own that begins without workers, as those of batch systems do."""


@pytest.mark.slow
def test_a_cluster_is_made_by_the_factory_in_dask_s_configuration(rooms: Any) -> None:
    with dask.config.set({"lab.factory": FACTORY, "hicognition.workers": 1}):
        broker = rooms.broker("lab.factory")
        asked = rooms.request("profile", "peaks", "ctcf", flank=50_000, binsize=10_000)
        assert broker.ask(asked).result(PATIENCE).meta["n_used"] > 0
        cluster = broker._workshop.runner._connection.cluster
        assert type(cluster).__name__ == "LocalCluster"
        assert len(cluster.workers) == 1
        broker.close()
        assert cluster.status.name == "closed"


def test_a_factory_that_cannot_be_used_is_one_sentence() -> None:
    with dask.config.set({"lab.factory": FACTORY | {"class": "Nothing"}}):  # noqa: SIM117
        with pytest.raises(SettingsError, match="cannot be used"):
            make_cluster("lab.factory")
    with dask.config.set({"lab.factory": FACTORY, "hicognition.workers": "many"}):  # noqa: SIM117
        with pytest.raises(SettingsError, match="has to be a number of workers"):
            make_cluster("lab.factory")
    with pytest.raises(SettingsError, match="neither local"):
        make_cluster("no.such.factory")
