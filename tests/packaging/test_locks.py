"""The lock files hold what pyproject.toml asks for, with hashes, from nowhere in particular."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[2]
LOCKS = sorted((PROJECT / "requirements").glob("*.txt"))
PIN = re.compile(r"^([a-z0-9][a-z0-9._-]*)==(\S+)(?: ; (.*?))? \\$", re.MULTILINE)


def _pins(lock: str) -> set[tuple[str, str, str]]:
    text = (PROJECT / "requirements" / f"{lock}.txt").read_text(encoding="utf-8")
    return {(name, version, marker) for name, version, marker in PIN.findall(text)}


def _name(requirement: str) -> str:
    return re.split(r"[\[<>=~!; ]", requirement, maxsplit=1)[0].lower()


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.stem)
def test_every_pin_has_a_hash_and_no_source(lock: Path) -> None:
    text = lock.read_text(encoding="utf-8")
    entries = re.split(r"\n(?=[a-z0-9])", text.partition("\n#    make lock\n")[2])
    assert entries
    for entry in entries:
        assert PIN.match(entry), entry
        assert "--hash=sha256:" in entry, entry
    assert "://" not in text
    assert " @ " not in text


@pytest.mark.parametrize("lock", ["demo", "dev", "pandas22"])
def test_what_the_project_needs_is_locked(lock: str) -> None:
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    locked = {name for name, _, _ in _pins(lock)}
    assert {_name(requirement) for requirement in project["dependencies"]} <= locked


def test_environment_can_grow_from_the_demo_to_the_tests() -> None:
    assert _pins("demo") | _pins("node") <= _pins("dev")


def test_second_job_has_the_oldest_pandas() -> None:
    versions = {name: version for name, version, _ in _pins("pandas22")}
    assert versions["pandas"].startswith("2.2.")
    newest = {name: version for name, version, _ in _pins("dev")}
    assert int(newest["pandas"].split(".")[0]) >= 3


def test_binder_takes_the_locks_of_the_demo() -> None:
    text = (PROJECT / "binder" / "requirements.txt").read_text(encoding="utf-8")
    assert text.split() == ["-r", "../requirements/demo.txt", "-r", "../requirements/node.txt"]
