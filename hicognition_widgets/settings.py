"""Where the catalog, the store and the scheduler are.

Each setting is looked up in this order: an argument, the environment
(``HICOGNITION_…``), the user's settings file (``settings.toml`` in the configuration
folder), the default.
"""

from __future__ import annotations

import getpass
import os
import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from platformdirs import user_config_path, user_data_path

from hicognition_widgets.errors import SettingsError

_APP = "hicognition"
_KEYS = ("catalog", "store", "scheduler", "user", "trusted")


@dataclass(frozen=True)
class Settings:
    """Resolved settings of one workspace.

    Attributes
    ----------
    catalog : str
        SQLAlchemy address of the catalog database.
    store : Path
        Folder of the stored results.
    scheduler : str
        ``"local"``, ``"threads"``, a ``tls://`` or ``tcp://`` address, or the name of a
        cluster factory in Dask's configuration.
    user : str
        Who is asking; on PostgreSQL the database role decides instead.
    trusted : tuple of str
        Other people whose results are used as one's own; what they compute is waited for.
    """

    catalog: str
    store: Path
    scheduler: str
    user: str
    trusted: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return (
            f"Settings(catalog={shown_address(self.catalog)!r}, store={str(self.store)!r}, "
            f"scheduler={shown_address(self.scheduler)!r}, user={self.user!r})"
        )


def load_settings(
    *,
    catalog: str | Path | None = None,
    store: str | Path | None = None,
    scheduler: str | None = None,
    user: str | None = None,
    trusted: Sequence[str] | None = None,
    environ: Mapping[str, str] | None = None,
    config_file: Path | None = None,
) -> Settings:
    """Resolve the settings.

    Parameters
    ----------
    catalog : str or Path, optional
        Database address, or the path of a SQLite file.
    store, scheduler, user, trusted : optional
        Override what environment and file say.
    environ : mapping, optional
        Environment to read; the process's own by default.
    config_file : Path, optional
        Settings file; by default ``settings.toml`` in the user's configuration folder.

    Raises
    ------
    SettingsError
        If the settings file cannot be read, or names an unknown setting.
    """
    env = os.environ if environ is None else environ
    path = user_config_path(_APP) / "settings.toml" if config_file is None else config_file
    from_file = _read_file(path)
    given = {"catalog": catalog, "store": store, "scheduler": scheduler, "user": user}

    def look_up(key: str) -> str | None:
        for value in (given[key], env.get(f"HICOGNITION_{key.upper()}"), from_file.get(key)):
            if value is not None and str(value).strip():
                return str(value)
        return None

    catalog_url = _catalog_url(look_up("catalog"))
    store_text = look_up("store")
    return Settings(
        catalog=catalog_url,
        store=Path(store_text).expanduser().absolute()
        if store_text
        else _default_store(catalog_url),
        scheduler=look_up("scheduler") or "local",
        user=look_up("user") or env.get("JUPYTERHUB_USER") or _login_name(),
        trusted=_names(trusted, env.get("HICOGNITION_TRUSTED"), from_file.get("trusted")),
    )


def _names(
    given: Sequence[str] | None, environment: str | None, from_file: object
) -> tuple[str, ...]:
    """The first list of names that there is; in the environment they stand between commas."""
    found: object = given
    if found is None and environment is not None and environment.strip():
        found = environment.split(",")
    if found is None:
        found = from_file if from_file is not None else ()
    if isinstance(found, str) or not isinstance(found, Iterable):
        raise SettingsError('trusted is a list of names, for example ["ann", "bob"]')
    names = [str(name).strip() for name in found]
    return tuple(dict.fromkeys(name for name in names if name))


def _read_file(path: Path) -> dict[str, Any]:
    if not path.is_file():
        return {}
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingsError(f"the settings file {path} cannot be read: {error}") from error
    unknown = sorted(set(values) - set(_KEYS))
    if unknown:
        raise SettingsError(
            f"the settings file {path} has the unknown setting {unknown[0]!r}; "
            f"known are {', '.join(_KEYS)}"
        )
    return values


def _catalog_url(text: str | None) -> str:
    if text is None:
        return sqlite_url(user_data_path(_APP) / "catalog.sqlite")
    if "://" in text:
        return text
    return sqlite_url(Path(text))


def sqlite_url(path: Path) -> str:
    """Database address of a SQLite file."""
    return f"sqlite:///{path.expanduser().absolute()}"


def sqlite_path(url: str) -> Path | None:
    """Path of the SQLite file behind a database address; None for other databases."""
    for prefix in ("sqlite:///", "sqlite+pysqlite:///"):
        if url.startswith(prefix):
            return Path(url.removeprefix(prefix))
    return None


def shown_address(text: str) -> str:
    """A database address as sentences show it: without passwords, even where it is broken.

    Parameters
    ----------
    text : str
        Any text that may hold addresses ``scheme://user:password@host/name?password=…``.
    """
    # As in an address with an @ in its password: everything up to the last @ is secret.
    hidden = re.sub(r"(://[^:/?#\s]*:)[^\s]*@", r"\1***@", text)
    return re.sub(
        r"((?:^|[?&\s])(?:ssl)?password=)[^&\s]*", r"\1***", hidden, flags=re.IGNORECASE
    )


def _default_store(catalog_url: str) -> Path:
    path = sqlite_path(catalog_url)
    return path.parent / "store" if path is not None else user_data_path(_APP) / "store"


def _login_name() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # containers run under user ids that have no name
        return f"uid{os.getuid()}" if hasattr(os, "getuid") else "user"
