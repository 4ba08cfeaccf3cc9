"""Specs: plain data that is checked, migrated, and rebuilt; code that rebuilds the same."""

from __future__ import annotations

import contextlib
import copy
import json
import runpy
from pathlib import Path

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hicognition_widgets.errors import HiCognitionError, InputError, NotFound
from hicognition_widgets.views import session_spec
from hicognition_widgets.views.comparison import Comparison
from hicognition_widgets.views.kinds import KINDS
from hicognition_widgets.views.session_spec import checked_session
from hicognition_widgets.views.spec import checked_spec
from hicognition_widgets.views.spec_migrations import MIGRATIONS, VERSION
from hicognition_widgets.views.spec_schema import trait_schema

KEPT = sorted((Path(__file__).parent / "kept").glob("session-*.json"))


def good():
    return {
        "version": VERSION,
        "regions": "1",
        "flank": 100_000,
        "title": "",
        "columns": 0,
        "views": [{"kind": "pileup", "features": ["3"], "normalization": "oe"}],
        "datasets": {
            "1": {"name": "a", "owner": "ann", "kind": "regions", "fingerprint": "f"},
            "3": {"name": "b", "owner": "ann", "kind": "contact_map", "fingerprint": "g"},
        },
    }


def spoiled(*path, value):
    spec = copy.deepcopy(good())
    inner = spec
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = value
    return spec


def test_a_good_spec_passes_unchanged():
    assert checked_spec(good()) == good()


@pytest.mark.parametrize(
    ("spec", "sentence"),
    [
        (
            spoiled("views", 0, "normalization", value="evil"),
            r"views\[0\]\.normalization is 'evil'",
        ),
        (spoiled("views", 0, "kind", value="__class__"), r"views\[0\]\.kind is '__class__'"),
        (spoiled("views", 0, "_esm", value="alert(1)"), r"views\[0\]\._esm is not a field"),
        (spoiled("views", 0, "result", value={}), r"views\[0\]\.result is not a field"),
        (spoiled("views", 0, "vmin", value=float("nan")), r"views\[0\]\.vmin is nan"),
        (spoiled("views", 0, "vmin", value="0"), r"views\[0\]\.vmin is '0'"),
        (spoiled("views", 0, "symmetric", value=1), r"views\[0\]\.symmetric is 1"),
        (spoiled("views", 0, "width", value=10**12), r"views\[0\]\.width is 1000000000000"),
        (
            spoiled("views", 0, "features", value=["3", "../../etc"]),
            r"views\[0\]\.features\[1\]",
        ),
        (spoiled("views", 0, "title", value="x" * 5000), r"views\[0\]\.title is too long"),
        (spoiled("views", 0, value=[]), r"views\[0\] is \[\]; it has to be object"),
        (spoiled("views", value=[{}] * 1000), r"views is too long"),
        (spoiled("views", value="pileup"), r"views is 'pileup'; it has to be array"),
        (spoiled("views", 0, value={}), r"views\[0\]\.kind is needed"),
        (spoiled("flank", value=-5), r"flank is -5; it has to be at least 1"),
        (spoiled("flank", value=True), r"flank is True"),
        (spoiled("regions", value="9"), r"regions names '9', which is not in datasets"),
        (spoiled("datasets", "1", "kind", value="file"), r"datasets\['1'\]\.kind is 'file'"),
        (
            spoiled("datasets", "1", "path", value="/etc"),
            r"datasets\['1'\]\.path is not a field",
        ),
        (spoiled("__proto__", value={}), r"__proto__ is not a field"),
        (spoiled("version", value=VERSION + 1), r"version is \d+, which a newer"),
        (spoiled("version", value="2"), r"version has to be a whole number"),
        (spoiled("views", 0, "title", value=b"x"), r"views\[0\]\.title is a bytes"),
        ([good()], "has to be a mapping"),
        ({}, "version has to be"),
        ({"version": 1}, "views is needed|regions is needed"),
    ],
)
def test_hostile_specs_are_refused_by_the_path_of_the_field(spec, sentence):
    with pytest.raises(InputError, match=sentence):
        checked_spec(spec)


def test_deep_and_huge_specs_are_refused_quickly():
    deep = []
    for _ in range(100_000):
        deep = [deep]
    with pytest.raises(InputError, match="nested too deeply"):
        checked_spec(spoiled("views", value=deep))
    with pytest.raises(InputError, match="too large"):
        checked_spec(spoiled("views", value=[0] * 300_000))
    loop = {}
    loop["self"] = loop
    with pytest.raises(InputError, match="nested too deeply"):
        checked_spec(loop)


def test_a_path_leads_into_the_session():
    with pytest.raises(InputError, match=r"comparisons\[1\]\.views\[0\]\.kind is 'x'"):
        checked_session(
            {"version": 1, "comparisons": [good(), spoiled("views", 0, "kind", value="x")]}
        )
    with pytest.raises(InputError, match="comparisons is needed"):
        checked_session({"version": 1})
    with pytest.raises(InputError):
        checked_session(None)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                ["version", "views", "kind", "features", "regions", "datasets", "flank"]
            )
            | st.text(max_size=5),
            inner,
            max_size=6,
        )
    ),
    max_leaves=20,
)


class RefusalIsOneSentence(contextlib.AbstractContextManager):
    def __exit__(self, kind, error, trace):
        if error is not None:
            assert 0 < len(str(error)) < 1000


@settings(max_examples=150)
@given(json_values)
def test_anything_is_a_spec_or_one_sentence(value):
    with contextlib.suppress(HiCognitionError), RefusalIsOneSentence():
        checked_spec(value)


def test_there_is_a_way_from_every_version():
    assert sorted(MIGRATIONS) == list(range(1, VERSION))


def test_version_1_is_read(ws):
    old = {
        "version": 1,
        "regions": ws.dataset("loops").id,
        "flank": 200_000,
        "title": "old",
        "columns": 2,
        "views": [
            {
                "kind": "pileup",
                "features": [str(ws.dataset("control").id)],
                "flank": 200_000,
                "binsize": 10_000,
                "normalization": "balanced",
            }
        ],
    }
    before = copy.deepcopy(old)
    c = Comparison.from_spec(ws, old)
    assert old == before
    assert (c.title, c.columns, c.views[0].binsize) == ("old", 2, 10_000)
    assert c.views[0].normalization == "balanced"
    assert c.spec["version"] == VERSION
    c.close()


def test_a_session_of_every_version_is_kept_here():
    """Files as each version wrote them. They never change: a new version adds one."""
    assert [path.name for path in KEPT] == [
        f"session-{version}.json" for version in range(1, session_spec.VERSION + 1)
    ]


@pytest.mark.parametrize("path", KEPT, ids=[path.stem for path in KEPT])
@pytest.mark.usefixtures("placed_at_once")
def test_sessions_of_every_version_open_as_they_were(ws, path):
    old = json.loads(path.read_text(encoding="utf-8"))
    numbers = [ws.dataset(name).id for name in ("loops", "sites", "control", "KO", "CTCF")]
    ws._catalog.save_session("old", old, datasets=numbers)
    session = ws.open_session("old")
    session.wait(250)
    assert session.missing == []
    assert len(session) == len(old["comparisons"])
    for comparison, wrote in zip(session, old["comparisons"], strict=True):
        spec = comparison.spec
        assert spec["version"] == VERSION
        for name in ("flank", "title", "columns", "selection", "selections"):
            assert spec.get(name) == wrote.get(name, {} if name == "selections" else None)
        for view, shown, kept in zip(
            comparison.views, spec["views"], wrote["views"], strict=True
        ):
            assert view.status == "ready", view.message
            assert kept.items() <= shown.items()
    if old.get("links"):
        (link,) = old["links"]
        (i, j), (k, m) = link["recipient"], link["donor"]
        assert session[i].views[j].giver(link["shared"]) is session[k].views[m]
    assert (session.board is None) == (old.get("board") is None)
    session.close()


def test_the_schema_is_a_schema_and_specs_fit_it(ws):
    schema = Comparison.spec_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    c = ws.compare("loops", flank=100_000)
    for kind in KINDS:
        c.add(kind)
    spec = json.loads(json.dumps(c.spec))
    jsonschema.validate(spec, schema)
    assert Comparison.from_spec(ws, spec).spec == spec


@pytest.mark.parametrize("kind", KINDS)
def test_every_setting_of_every_view_has_a_schema(kind):
    view = KINDS[kind]
    for name in view.kept:
        trait = view.class_traits()[name]
        schema = trait_schema(trait)
        assert schema
        default = trait.default()
        jsonschema.validate([] if default is None and name == "features" else default, schema)


def test_a_spec_that_asks_for_the_impossible_is_refused(ws):
    c = ws.compare("sites", flank=1_000_000)
    c.add("profile", "CTCF")
    spec = c.spec
    spec["views"][0]["binsize"] = 1
    with pytest.raises(InputError, match=r"views\[0\]\.binsize is 1 bp, too small"):
        Comparison.from_spec(ws, spec)


def test_a_number_alone_does_not_make_a_dataset(ws):
    """A spec of another catalog finds datasets by name and content, never by number alone."""
    spec = ws.compare("sites", flank=100_000).spec
    sites, loops = str(ws.dataset("sites").id), str(ws.dataset("loops").id)
    moved = spec | {"regions": loops, "datasets": {loops: spec["datasets"][sites]}}
    assert Comparison.from_spec(ws, moved).regions.name == "sites"
    stranger = spec["datasets"][sites] | {"name": "other", "fingerprint": "other"}
    with pytest.raises(NotFound, match="“other” is missing"):
        Comparison.from_spec(ws, spec | {"datasets": {sites: stranger}})


def test_the_code_runs_and_rebuilds_the_same(ws, monkeypatch, tmp_path):
    hostile = 'it\'s "quoted"\n\\ {x} 🧬'
    c = ws.compare("loops", flank=100_000, title=hostile, columns=2)
    c.add("pileup", "control", vmin=-1, vmax=1, title=hostile)
    c.add("pileup", "KO", normalization="balanced", scale="linear")
    c.add("profile", ["CTCF", "E1"], normalized=True, band="none", side="right")
    c.add("stackup", "CTCF", sort_by="input", ascending=True)
    c.add("profile")
    for name in ("catalog", "store", "scheduler", "user"):
        monkeypatch.setenv(f"HICOGNITION_{name.upper()}", str(getattr(ws.settings, name)))
    code = c.to_code()
    assert len(code.splitlines()) <= 5 + len(c.views)
    cell = tmp_path / "cell.py"
    cell.write_text(code, encoding="utf-8")
    names = runpy.run_path(str(cell))
    assert names["c"].spec == c.spec
    names["c"].close()
    names["ws"].close()
    *start, last = c.views[0].to_code().splitlines()
    cell.write_text("\n".join([*start, f"view = {last}"]), encoding="utf-8")
    alone = runpy.run_path(str(cell))
    assert alone["view"].settings == c.views[0].settings
    alone["ws"].close()


def test_selections_come_back(ws):
    c = ws.compare("loops", flank=100_000)
    c.add("profile", "CTCF")
    c.selection = [1, 2, 30]
    c.keep_selection("few")
    c.selection = [5]
    again = Comparison.from_spec(ws, json.loads(json.dumps(c.spec)))
    assert again.spec == c.spec
    assert list(again.kept_selections["few"]) == [1, 2, 30]
    with pytest.raises(InputError, match="selection"):
        Comparison.from_spec(ws, c.spec | {"selection": [99]})
    with pytest.raises(InputError, match=r"selections\.few\[0\] is -1"):
        checked_spec(c.spec | {"selections": {"few": [-1]}})
