"""Whose results are used beside one's own is a setting like the others."""

from __future__ import annotations

from pathlib import Path

import pytest

from hicognition_widgets import Workspace
from hicognition_widgets.errors import SettingsError
from hicognition_widgets.settings import load_settings


def test_an_argument_goes_before_the_environment_before_the_file(tmp_path: Path) -> None:
    file = tmp_path / "settings.toml"
    file.write_text('trusted = ["carl", "carl", "dora"]\n')
    environ = {"HICOGNITION_TRUSTED": " ann, bob ,"}
    assert load_settings(environ={}, config_file=file).trusted == ("carl", "dora")
    assert load_settings(environ=environ, config_file=file).trusted == ("ann", "bob")
    given = load_settings(trusted=["eve"], environ=environ, config_file=file)
    assert given.trusted == ("eve",)
    none = load_settings(trusted=(), environ=environ, config_file=file)
    assert none.trusted == ()
    assert load_settings(environ={}, config_file=tmp_path / "none").trusted == ()


@pytest.mark.parametrize("text", ['trusted = "ann"', "trusted = 3"])
def test_what_is_no_list_of_names_is_refused(tmp_path: Path, text: str) -> None:
    file = tmp_path / "settings.toml"
    file.write_text(text + "\n")
    with pytest.raises(SettingsError, match="trusted is a list of names"):
        load_settings(environ={}, config_file=file)


def test_a_workspace_uses_results_of_those_it_trusts(tmp_path: Path) -> None:
    place = {"catalog": tmp_path / "catalog.sqlite", "scheduler": "threads"}
    with Workspace(**place, user="ann", trusted=["bob"]) as ws:
        assert ws._catalog.trusted == {"bob"}
    with Workspace(**place, user="bob") as ws:
        assert ws._catalog.trusted == frozenset()
