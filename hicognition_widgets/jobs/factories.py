"""Clusters that are made on demand: Dask Gateway, and factories of Dask's configuration."""

from __future__ import annotations

import importlib
from typing import Any, Final

from hicognition_widgets.errors import JobError, SettingsError

_WORKERS: Final = 2
"""Workers of a cluster that would have none by itself."""
WORKERS_KEY: Final = "hicognition.workers"


def make_cluster(name: str) -> Any:
    """A cluster from Dask's configuration, with workers.

    A cluster that begins without workers, as those of Dask Gateway and of batch systems do,
    is given as many as Dask's configuration says under ``hicognition.workers`` (2 without).

    Parameters
    ----------
    name : str
        A key of Dask's configuration, such as ``"labextension.factory"``, under which there
        are ``module`` and ``class``, and perhaps ``args`` and ``kwargs``. ``"gateway"`` is
        a new cluster of the Dask Gateway that is configured.

    Raises
    ------
    SettingsError
        If there is no such factory, it cannot be imported, or the number of workers is none.
    JobError
        If the cluster cannot be given workers.
    """
    import dask

    if name == "gateway":
        factory: dict[str, Any] = {"module": "dask_gateway", "class": "GatewayCluster"}
    else:
        factory = dask.config.get(name, default={})
    if not hasattr(factory, "keys") or not {"module", "class"} <= set(factory.keys()):
        raise SettingsError(
            f"the scheduler {name!r} is neither local, threads, an address (tls://…) nor a "
            "cluster factory (module and class) in Dask's configuration"
        )
    workers = dask.config.get(WORKERS_KEY, default=None)
    if workers is not None and (not isinstance(workers, int) or workers < 1):
        raise SettingsError(
            f"{WORKERS_KEY} in Dask's configuration is {workers!r}; it has to be a number of "
            "workers, 1 or more"
        )
    try:
        maker = getattr(importlib.import_module(factory["module"]), factory["class"])
    except (ImportError, AttributeError) as error:
        raise SettingsError(f"the cluster factory {name!r} cannot be used: {error}") from error
    cluster = maker(*factory.get("args", ()), **factory.get("kwargs", {}))
    if workers is not None or not cluster.scheduler_info.get("workers"):
        number = workers or _WORKERS
        try:
            cluster.scale(number)
        except Exception as error:
            cluster.close()
            raise JobError(
                f"the cluster of {name!r} cannot be given {number} workers: {error}"
            ) from error
    return cluster
