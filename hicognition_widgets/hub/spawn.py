"""What JupyterHub calls before it starts somebody's server."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from hicognition_widgets.errors import NotAllowed
from hicognition_widgets.hub.roles import Provisioner


def spawn_hook(
    catalog: str, store: str | Path | None = None, *, scheduler: str | None = None
) -> Callable[[Any], Awaitable[None]]:
    """A ``pre_spawn_hook`` that makes each server its own database role.

    The role gets a new password at every start, which only this server's environment holds.

    Parameters
    ----------
    catalog : str
        Address of the role that may make roles. It stays in the hub's process: read it from
        a file or environment that servers do not inherit.
    store : str or Path, optional
        Folder of the stored results, the same for all.
    scheduler : str, optional
        What servers compute with; see the settings.

    Raises
    ------
    NotAllowed
        If that role could do more than make people's roles.

    Examples
    --------
    >>> c.Spawner.pre_spawn_hook = spawn_hook(  # doctest: +SKIP
    ...     Path("/srv/jupyterhub/catalog-address").read_text().strip(),
    ...     store="/srv/hicognition",
    ... )
    """
    people = Provisioner(catalog)
    reason = people.may_too_much()
    if reason is not None:
        raise NotAllowed(
            f"this role may not be the hub's, as {reason}; "
            "deploy/jupyterhub/roles.sql makes one that has least rights"
        )

    async def prepare(spawner: Any) -> None:
        # On a thread: the hub answers others while the database works.
        address = await asyncio.to_thread(people.add, spawner.user.name)
        spawner.environment = {**spawner.environment, **_settings(address)}

    def _settings(address: str) -> dict[str, str]:
        settings = {"HICOGNITION_CATALOG": address}
        if store is not None:
            settings["HICOGNITION_STORE"] = str(store)
        if scheduler is not None:
            settings["HICOGNITION_SCHEDULER"] = scheduler
        return settings

    return prepare
