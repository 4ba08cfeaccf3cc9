"""The browser bundle belongs to its sources, and asks nobody on the network for anything."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from groundwork import bundle, paths

import hicognition_widgets

STATIC = Path(hicognition_widgets.__file__).parent / "static"
# names of XML vocabularies look like addresses but are never opened
NAMES_NOT_ADDRESSES = re.compile(
    r"http://www\.w3\.org/(2000/svg|1999/xhtml|1999/xlink|1998/Math/MathML)(?=[\"'`])"
)
# where links lead that a person clicks; nothing is fetched from there
LINKS = {"https://genome.ucsc.edu"}


def test_bundle_is_the_one_its_sources_make() -> None:
    assert bundle.is_fresh(), "the bundle is stale: run make setup"


@pytest.mark.parametrize("name", ["widget.js", "later.js", "page.js"])
def test_bundle_names_no_address_on_the_network(name: str) -> None:
    text = (STATIC / name).read_text(encoding="utf-8")
    addresses = re.findall(r"(?:https?|wss?):?//[\w.-]+", NAMES_NOT_ADDRESSES.sub("", text))
    assert set(addresses) <= LINKS


@pytest.mark.parametrize("name", ["widget.js", "later.js", "page.js"])
def test_bundle_builds_no_code_from_text(name: str) -> None:
    text = (STATIC / name).read_text(encoding="utf-8")
    assert not re.search(r"\beval\s*\(|\bnew\s+Function\s*\(", text)


@pytest.fixture
def little_house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout with one source file and the bundle that was built from it."""
    for name in ("js/src", "package/static", "package/export"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "js/package.json").write_text("{}")
    (tmp_path / "js/src/index.ts").write_text("export const one = 1;")
    (tmp_path / "js/src/index.test.ts").write_text("test")
    (tmp_path / "package/static/widget.js").write_text("const one = 1;")
    monkeypatch.setattr(paths, "ROOT", tmp_path)
    monkeypatch.setattr(bundle, "JS", tmp_path / "js")
    monkeypatch.setattr(bundle, "STATIC", tmp_path / "package/static")
    monkeypatch.setattr(bundle, "RECORD", tmp_path / "package/static/bundle.json")
    monkeypatch.setattr(bundle, "SHARED_RULES", tmp_path / "package/export")
    record = {
        "sources": bundle.sources_digest(),
        "files": bundle._hashes(bundle.STATIC),
    }
    bundle.RECORD.write_text(json.dumps(record))
    assert bundle.is_fresh()
    return tmp_path


def _edit(name: str, text: str) -> Callable[[Path], object]:
    return lambda house: (house / name).write_text(text)


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(_edit("js/src/index.ts", "export const one = 2;"), id="a source changed"),
        pytest.param(_edit("js/src/new.ts", ""), id="a source was added"),
        pytest.param(_edit("js/package.json", '{"a": 1}'), id="a package changed"),
        pytest.param(_edit("package/export/display.json", "{}"), id="shared rules changed"),
        pytest.param(_edit("package/static/widget.js", "const o"), id="half a bundle"),
        pytest.param(_edit("package/static/bundle.json", '{"sour'), id="half a record"),
        pytest.param(
            lambda house: (house / "package/static/widget.js").unlink(), id="no bundle"
        ),
        pytest.param(
            lambda house: (house / "js/src/index.ts").rename(house / "js/src/main.ts"),
            id="a source has another name",
        ),
    ],
)
def test_stale_bundle_is_noticed(little_house: Path, change: Callable[[Path], object]) -> None:
    change(little_house)
    assert not bundle.is_fresh()


def test_tests_beside_the_sources_do_not_make_a_bundle_stale(little_house: Path) -> None:
    (little_house / "js/src/index.test.ts").write_text("another test")
    assert bundle.is_fresh()
