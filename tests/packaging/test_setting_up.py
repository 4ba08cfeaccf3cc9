"""Environments are made once, grow, and are made anew when they cannot be trusted."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest
from groundwork import environment, paths, system
from groundwork.console import Stop
from groundwork.environment import STAMP, Environment

PROJECT = Path(__file__).parents[2]


class Recorded(Environment):
    """Writes down what would have been done."""

    def _create(self) -> None:
        _done.append("create")
        self.folder.mkdir(exist_ok=True)

    def _install(self, *arguments: str) -> None:
        if _failing:
            raise Stop("no network")
        _done.append("install " + " ".join(Path(a).stem for a in arguments if a[0] != "-"))

    def _runs(self) -> bool:
        return self.folder.is_dir()


_done: list[str] = []
_failing: list[bool] = []


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout with three little lock files."""
    (tmp_path / "requirements").mkdir()
    for name in ("demo", "dev", "node"):
        (tmp_path / "requirements" / f"{name}.txt").write_text(name)
    monkeypatch.setattr(paths, "ROOT", tmp_path)
    monkeypatch.setattr(environment, "ROOT", tmp_path)
    monkeypatch.setattr(environment, "REQUIREMENTS", tmp_path / "requirements")
    monkeypatch.setattr(environment, "LOGS", tmp_path / "logs")
    monkeypatch.setattr(environment, "PROJECT_FILES", ())
    _done.clear()
    _failing.clear()
    return tmp_path


def _make(*locks: str) -> list[str]:
    _done.clear()
    Recorded(".venv").make(locks, "installing")
    return list(_done)


def test_second_time_nothing_is_done(checkout: Path) -> None:
    assert _make("demo") == ["create", "install demo"]
    assert _make("demo") == []


def test_environment_grows_and_the_larger_lock_holds_the_smaller(checkout: Path) -> None:
    _make("demo")
    assert _make("dev") == ["install dev"]
    assert _make("demo") == []
    assert _make("node") == []


def test_changed_lock_is_installed(checkout: Path) -> None:
    _make("demo")
    (checkout / "requirements" / "demo.txt").write_text("demo, newer")
    assert _make("demo") == ["install demo"]


def test_interrupted_environment_is_made_anew(checkout: Path) -> None:
    _failing.append(True)
    with pytest.raises(Stop, match="no network"):
        _make("demo")
    _failing.clear()
    assert _make("demo") == ["create", "install demo"]
    assert _make("demo") == []


@pytest.mark.parametrize("change", [{"root": "/elsewhere"}, {"python": "2.7"}])
def test_moved_environment_is_made_anew(checkout: Path, change: dict[str, str]) -> None:
    _make("demo")
    stamp = checkout / ".venv" / STAMP
    stamp.write_text(json.dumps(json.loads(stamp.read_text()) | change))
    assert _make("demo") == ["create", "install demo"]


@pytest.mark.parametrize("text", ["", "{", "[]"])
def test_damaged_stamp_is_no_stamp(checkout: Path, text: str) -> None:
    _make("demo")
    (checkout / ".venv" / STAMP).write_text(text)
    assert _make("demo") == ["create", "install demo"]


def test_what_cannot_be_installed_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    with pytest.raises(Stop, match=r"install the packages chromium fonts-dejavu-core") as stop:
        system.apt(("chromium", "fonts-dejavu-core"), "a browser")
    assert stop.value.code == 2


def _fake_python(folder: Path, name: str, code: int) -> None:
    file = folder / name
    file.write_text(f'#!/bin/sh\n[ "$1" = -c ] && exit {code}\necho {name} "$@"\n')
    file.chmod(0o755)


def _with_python(folder: Path, **env: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["/bin/sh", str(PROJECT / "scripts" / "with_python.sh"), "script.py", "two words"],
        env={"PATH": str(folder)} | env,
        capture_output=True,
        text=True,
        check=False,
    )


def test_newest_usable_python_is_found(tmp_path: Path) -> None:
    _fake_python(tmp_path, "python3", 1)
    _fake_python(tmp_path, "python3.12", 0)
    assert _with_python(tmp_path).stdout == "python3.12 script.py two words\n"


def test_without_a_python_the_package_is_named(tmp_path: Path) -> None:
    _fake_python(tmp_path, "python3", 1)
    outcome = _with_python(tmp_path)
    assert outcome.returncode == 2
    assert "install the packages python3 and python3-venv" in outcome.stderr


def test_chosen_python_that_is_too_old_is_refused(tmp_path: Path) -> None:
    _fake_python(tmp_path, "old", 1)
    _fake_python(tmp_path, "python3", 0)
    outcome = _with_python(tmp_path, PYTHON=str(tmp_path / "old"))
    assert outcome.returncode == 2
    assert "is not a Python 3.11 or newer" in outcome.stderr
