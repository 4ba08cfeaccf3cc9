"""Assemblies and datasets, on both databases."""

from __future__ import annotations

import pickle
import re
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hicognition_widgets.catalog import Catalog, vocabulary
from hicognition_widgets.catalog.dataset_rows import KINDS, ORDER
from hicognition_widgets.catalog.text import (
    clean_json,
    clean_name,
    clean_text,
    clean_user,
    search_words,
)
from hicognition_widgets.errors import AmbiguousName, InputError, NotAllowed, NotFound

HOSTILE = [
    "<img src=x onerror=alert(1)>",
    "</script><script>alert(1)</script>",
    "\u202eright to left\u202c",
    "'; DROP TABLE datasets; --",
    "100% _done_ \\ here",
    "tab\tand\x07bell",
    "名前 🧬 e\u0301",
    "{{7*7}} ${7*7}",
]


def test_the_same_assembly_twice_is_one(catalog: Catalog, people) -> None:
    sizes = {"chr1": 100, "chr2": 50}
    arms = [("chr1", 0, 40, "chr1p"), ("chr1", 40, 100, "chr1q")]
    first = catalog.add_assembly(
        name="toy", organism="Mus musculus", chromsizes=sizes, arms=arms
    )
    assert dict(first.chromsizes) == sizes
    assert list(first.chromsizes) == ["chr1", "chr2"]
    assert first.arms == tuple(arms)
    assert first.organism == "Mus musculus"
    version = catalog.version()
    again = catalog.add_assembly(
        name="toy", chromsizes=dict(reversed(sizes.items())), arms=arms
    )
    assert again == first
    assert people("bob").add_assembly(name="toy", chromsizes=sizes, arms=arms).id == first.id
    assert catalog.version() - version <= 1  # bob introduced himself
    with pytest.raises(InputError, match="already have an assembly 'toy' with other"):
        catalog.add_assembly(name="toy", chromsizes={"chr1": 101})
    assert catalog.organisms() == ["Mus musculus"]


def test_assemblies_of_several_people(catalog: Catalog, people) -> None:
    bob, carol = people("bob"), people("carol")
    theirs = bob.add_assembly(name="mm9", chromsizes={"chr1": 10})
    assert theirs.owner == bob.user
    assert bob.assembly("mm9").id == theirs.id
    assert catalog.assembly("mm9").owner == catalog.user
    with pytest.raises(AmbiguousName, match=f"'{bob.user}/mm9'"):
        carol.assembly("mm9")
    assert carol.assembly(f"{bob.user}/mm9").id == theirs.id
    with pytest.raises(NotFound, match="known are mm9"):
        carol.assembly("mm39")


@pytest.mark.parametrize(
    ("chromsizes", "arms", "problem"),
    [
        ({}, [], "at least one chromosome"),
        ({"chr1": 0}, [], "above 0"),
        ({"chr1": 1.5}, [], "whole number"),
        ({"chr1": 100}, [("chr2", 0, 10, "p")], "not a chromosome"),
        ({"chr1": 100}, [("chr1", 0, 101, "p")], "chr1 from 0 to 100 bp"),
        ({"chr1": 100}, [("chr1", 50, 50, "p")], "from 50 to 50"),
    ],
)
def test_impossible_assemblies(sqlite_url: str, chromsizes, arms, problem: str) -> None:
    with (
        Catalog.open(sqlite_url, user="a") as catalog,
        pytest.raises(InputError, match=problem),
    ):
        catalog.add_assembly(name="x", chromsizes=chromsizes, arms=arms)


def test_assemblies_can_change_but_not_their_chromosomes(catalog: Catalog, make) -> None:
    toy = catalog.add_assembly(name="toy", chromsizes={"chr1": 100})
    changed = catalog.update_assembly(
        toy.id, name="Toy", organism="Toy mouse", arms=[("chr1", 0, 100, "chr1q")]
    )
    assert (changed.name, changed.organism) == ("Toy", "Toy mouse")
    assert catalog.assembly("Toy").arms == (("chr1", 0, 100, "chr1q"),)
    with pytest.raises(InputError, match="already have an assembly 'mm9'"):
        catalog.update_assembly(toy.id, name="mm9")
    make.regions(catalog, "peaks", assembly="Toy")
    with pytest.raises(NotAllowed, match="1 dataset"):
        catalog.delete_assembly(toy.id)
    catalog.delete_dataset(catalog.dataset("peaks").id)
    catalog.delete_assembly(toy.id)
    with pytest.raises(NotFound):
        catalog.assembly("Toy")


def test_several_datasets_by_number_in_one_question(catalog: Catalog, people, make) -> None:
    ids = [make.regions(catalog, f"set {i}").id for i in range(3)]
    wanted = [ids[2], ids[0], ids[2]]
    assert catalog.datasets_by_number(wanted) == [catalog.dataset(number) for number in wanted]
    assert catalog.datasets_by_number([]) == []
    with pytest.raises(NotFound, match="no dataset with the number 999999"):
        catalog.datasets_by_number([ids[0], 999999])
    with pytest.raises(NotFound, match="that you can see"):
        people("bob").datasets_by_number(ids)


def test_a_dataset_keeps_everything(catalog: Catalog) -> None:
    metadata = {"protein": "CTCF", "replicate": 2, "pooled": True, "depth": 1.25, "note": ""}
    origin = {"parent": 7, "rows": [0, 2], "operation": "selection"}
    kept = catalog.add_dataset(
        kind="regions",
        name="CTCF",
        assembly="mm9",
        path="/data/ctcf.bed",
        fingerprint="f" * 64,
        public=True,
        managed=True,
        size=2**40,
        modified=datetime(2020, 1, 2, tzinfo=UTC),
        dims=2,
        region_kind="interval",
        n_regions=12,
        description="from the lab",
        metadata=metadata,
        origin=origin,
        repository="4dn",
        sample_id="4DNFI1",
        source_url="https://example.org/x",
    )
    assert kept == catalog.dataset("CTCF")
    assert kept == catalog.dataset(kept.id)
    assert kept == catalog.dataset(f"{catalog.user}/CTCF")
    assert dict(kept.metadata) == metadata
    assert [type(kept.metadata[key]) for key in ("replicate", "pooled", "depth")] == [
        int,
        bool,
        float,
    ]
    assert kept.origin == origin
    assert (kept.owner, kept.assembly, kept.size) == (catalog.user, "mm9", 2**40)
    assert kept.modified == datetime(2020, 1, 2, tzinfo=UTC).timestamp()
    assert kept.created.tzinfo is not None
    assert abs((kept.created - datetime.now(UTC)).total_seconds()) < 60
    assert (kept.repository, kept.sample_id) == ("4dn", "4DNFI1")
    assert pickle.loads(pickle.dumps(kept)) == kept  # noqa: S301 - made one line ago
    assert isinstance(hash(kept), int)
    resolutions = catalog.add_dataset(
        kind="contact_map",
        name="wt",
        assembly="mm9",
        path="/data/wt.mcool",
        fingerprint="g",
        resolutions=[5000, 10_000],
    ).resolutions
    assert resolutions == (5000, 10_000)


def test_the_same_file_under_the_same_name_is_one_dataset(catalog: Catalog, make) -> None:
    first = make.regions(catalog, "CTCF", metadata={"protein": "CTCF"})
    again = make.regions(catalog, "CTCF", path="/moved/CTCF.bed")
    assert again.id == first.id
    assert again.path == "/moved/CTCF.bed"
    assert dict(again.metadata) == {"protein": "CTCF"}
    for different in (
        {"fingerprint": "other"},
        {"region_kind": "interval"},
    ):
        with pytest.raises(InputError, match="already have a region set 'CTCF'"):
            make.regions(catalog, "CTCF", **different)
    make.track(catalog, "CTCF")  # a feature of the same name is something else
    with pytest.raises(AmbiguousName, match=r"region set.*signal track"):
        catalog.dataset("CTCF")
    assert catalog.dataset("CTCF", kind="regions").id == first.id
    assert catalog.dataset("CTCF", kind=("signal_track", "contact_map")).kind == "signal_track"
    with pytest.raises(InputError, match="already have a signal track 'CTCF'"):
        catalog.add_dataset(
            kind="contact_map", name="CTCF", assembly="mm9", path="/x", fingerprint="z"
        )


def test_wrong_facts_are_refused(catalog: Catalog, make) -> None:
    for wrong, problem in (
        ({"dims": 3}, "dims=1"),
        ({"region_kind": None}, "region_kind='point'"),
        ({"kind": "bigwig"}, "not a kind of dataset"),
        ({"assembly": "hg38"}, "no assembly 'hg38'"),
        ({"name": "  "}, "must not be empty"),
        ({"name": "x" * 513}, "at most 512"),
        ({"name": "a\x00b"}, "NUL"),
        ({"description": "\ud800"}, "surrogate"),
        ({"metadata": {"a": [1]}}, "text, a number or true/false"),
        ({"metadata": {"": 1}}, "must not be empty"),
        ({"origin": {"score": float("nan")}}, "JSON cannot hold"),
        ({"repository": "geo"}, "known are 4dn, encode"),
    ):
        with pytest.raises((InputError, NotFound), match=problem):
            make.regions(catalog, **({"name": "x"} | wrong))
    with pytest.raises(InputError, match="only region sets"):
        make.track(catalog, "t", dims=1)
    assert catalog.datasets() == []


def test_names_are_found_own_first(catalog: Catalog, people, make) -> None:
    bob, carol = people("bob"), people("carol")
    theirs = make.regions(bob, "CTCF", public=True)
    assert catalog.dataset("CTCF").id == theirs.id
    mine = make.regions(catalog, "CTCF", public=True)
    assert catalog.dataset("CTCF").id == mine.id
    assert catalog.dataset(theirs.ref).id == theirs.id
    with pytest.raises(AmbiguousName, match=f"'{bob.user}/CTCF'") as error:
        carol.dataset("CTCF")
    assert mine.ref.split("/")[0] in str(error.value)
    slashed = make.regions(catalog, "day 1/day 2")
    assert catalog.dataset("day 1/day 2").id == slashed.id
    with pytest.raises(NotFound, match="did you mean 'CTCF'"):
        catalog.dataset("CTCFF")
    numbered = make.regions(catalog, "2024")
    assert catalog.dataset("2024").id == numbered.id
    assert catalog.dataset(str(mine.id)).id == mine.id


def test_private_means_not_there_for_others(catalog: Catalog, people, make) -> None:
    bob = people("bob")
    mine = make.regions(catalog, "secret")
    for ref in (mine.id, "secret", mine.ref):
        with pytest.raises(NotFound):
            bob.dataset(ref)
    with pytest.raises(NotFound):
        bob.update_dataset(mine.id, name="stolen")
    with pytest.raises(NotFound):
        bob.delete_dataset(mine.id)
    assert bob.datasets() == []
    assert bob.count_datasets() == 0
    assert bob.find_fingerprint(mine.fingerprint) == []
    catalog.update_dataset(mine.id, public=True)
    assert bob.dataset("secret").id == mine.id
    with pytest.raises(NotAllowed, match=f"'secret' belongs to {catalog.user}"):
        bob.update_dataset(mine.id, name="stolen")
    with pytest.raises(NotAllowed, match="only its owner"):
        bob.delete_dataset(mine.id)
    assert catalog.dataset("secret").name == "secret"


def test_datasets_can_be_changed(catalog: Catalog, make) -> None:
    one = make.regions(catalog, "one", metadata={"a": 1, "b": 2})
    make.regions(catalog, "two")
    changed = catalog.update_dataset(
        one.id,
        name="eins",
        description="renamed",
        metadata={"b": None, "c": "x"},
        path="/elsewhere",
        public=True,
    )
    assert changed == catalog.dataset("eins")
    assert (changed.id, changed.description, changed.path) == (one.id, "renamed", "/elsewhere")
    assert dict(changed.metadata) == {"a": 1, "c": "x"}
    assert changed.updated > one.updated
    assert changed.fingerprint == one.fingerprint
    with pytest.raises(InputError, match="already have a region set 'two'"):
        catalog.update_dataset(one.id, name="two")
    assert catalog.dataset("eins").id == one.id
    for field in ("kind", "assembly", "owner", "dims", "region_kind", "id"):
        with pytest.raises(InputError, match=f"the {field} of a dataset cannot change: "):
            catalog.update_dataset(one.id, **{field: "x"})
    with pytest.raises(InputError, match="has no 'colour' to change"):
        catalog.update_dataset(one.id, colour="red")
    with pytest.raises(NotFound):
        catalog.update_dataset(10**9, name="x")


def test_search_filter_sort_and_page(catalog: Catalog, people, make) -> None:
    bob = people("bob")
    make.regions(
        catalog, "beta peaks", metadata={"protein": "CTCF"}, size=3, n_regions=30, public=True
    )
    make.regions(catalog, "Alpha", description="peaks of Rad21", size=1, n_regions=None)
    make.track(catalog, "gamma", metadata={"protein": "Rad21", "replicate": 2}, size=2)
    make.regions(bob, "delta", public=True, size=4, n_regions=10)
    make.regions(bob, "hidden")

    def names(**filters: object) -> list[str]:
        found = [record.name for record in catalog.datasets(**filters)]
        counted = {
            key: value
            for key, value in filters.items()
            if key not in ("order_by", "descending", "limit", "offset")
        }
        if "limit" not in filters:
            assert catalog.count_datasets(**counted) == len(found)
        return found

    assert names() == ["Alpha", "beta peaks", "delta", "gamma"]
    assert names(descending=True) == ["gamma", "delta", "beta peaks", "Alpha"]
    assert names(limit=2, offset=1) == ["beta peaks", "delta"]
    assert names(kind="signal_track") == ["gamma"]
    assert names(kind=("signal_track", "contact_map")) == ["gamma"]
    assert names(search="PEAKS") == ["Alpha", "beta peaks"]
    assert names(search="rad21") == ["Alpha", "gamma"]
    assert names(search="rad21 peaks") == ["Alpha"]
    assert names(search=bob.user) == ["delta"]
    assert names(search="%") == []
    assert names(owner=bob.user) == ["delta"]
    assert names(assembly="mm9") == ["Alpha", "beta peaks", "delta", "gamma"]
    assert names(assembly="hg38") == []
    assert names(metadata={"protein": "ctcf"}) == ["beta peaks"]
    assert names(metadata={"protein": None}) == ["beta peaks", "gamma"]
    assert names(metadata={"protein": "Rad21", "replicate": 2}) == ["gamma"]
    assert names(order_by="size") == ["Alpha", "gamma", "beta peaks", "delta"]
    assert names(order_by="n_regions", kind="regions") == ["delta", "beta peaks", "Alpha"]
    assert names(order_by="n_regions", kind="regions", descending=True)[-1] == "Alpha"
    for column in ORDER:
        assert sorted(names(order_by=column)) == sorted(names())
    with pytest.raises(InputError, match="cannot be sorted by 'colour'"):
        catalog.datasets(order_by="colour")
    assert catalog.metadata_values("protein") == ["CTCF", "Rad21"]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_comes_back_as_it_was(catalog: Catalog, make, text: str) -> None:
    kept = make.regions(catalog, text, description=text, metadata={text: text}, path=text)
    assert (kept.name, kept.description, kept.path) == (text.strip(), text, text)
    assert dict(kept.metadata) == {text.strip(): text}
    assert catalog.dataset(text.strip()).id == kept.id
    assert [record.id for record in catalog.datasets(search=text)] == [kept.id]
    assert catalog.datasets(search=text + "x") == []


def test_long_descriptions_are_kept(catalog: Catalog, make) -> None:
    long = "ä" * 100_000
    assert make.regions(catalog, "x" * 512, description=long).description == long
    assert catalog.dataset("x" * 512).name == "x" * 512
    wide = make.regions(catalog, "🧬" * 512)
    assert catalog.dataset("🧬" * 512).id == wide.id


def test_every_change_raises_the_version(catalog: Catalog, make) -> None:
    seen = [catalog.version()]
    record = make.regions(catalog, "a")
    seen.append(catalog.version())
    catalog.update_dataset(record.id, name="b")
    seen.append(catalog.version())
    catalog.delete_dataset(record.id)
    seen.append(catalog.version())
    assert seen == sorted(set(seen))
    with pytest.raises(NotFound):
        catalog.delete_dataset(record.id)
    catalog.datasets()
    assert catalog.version() == seen[-1]


def test_numbers_are_not_used_again(catalog: Catalog, make) -> None:
    first = make.regions(catalog, "a")
    catalog.delete_dataset(first.id)
    assert make.regions(catalog, "b").id > first.id


def test_vocabulary_suggests_but_does_not_restrict(catalog: Catalog, make) -> None:
    for kind in KINDS:
        fields = vocabulary.suggestions(kind)
        assert "perturbation" in fields
        assert set(fields) <= set(vocabulary.FIELDS)
    free = {"my own field": "my own value"}
    assert dict(make.track(catalog, "t", metadata=free).metadata) == free


TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\x00"))
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXT,
    lambda inner: st.lists(inner) | st.dictionaries(TEXT, inner),
    max_leaves=10,
)


@given(JSON)
def test_plain_data_is_kept(value: object) -> None:
    assert clean_json(value, "it") == value


@given(st.text())
def test_text_is_kept_or_refused_with_a_sentence(value: str) -> None:
    if "\x00" in value or re.search("[\ud800-\udfff]", value):
        with pytest.raises(InputError, match=r"NUL|surrogate"):
            clean_text(value, "it")
    else:
        assert clean_text(value, "it") == value


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
@given(words=st.lists(st.text("aA%_\\ ßI\u0130ı", min_size=1), min_size=1, max_size=3))
def test_search_finds_what_was_written(sqlite_url: str, make, words: list[str]) -> None:
    name = clean_name("x" + " ".join(words))
    with Catalog.open(sqlite_url, user="alice") as catalog:
        catalog.add_assembly(name="mm9", chromsizes={"chr1": 10})
        record = make.regions(catalog, name)
        assert record.id in [one.id for one in catalog.datasets(search=name)]
        catalog.delete_dataset(record.id)


def test_words_are_searched_without_case() -> None:
    assert search_words(" 5%  A_b ÄSS") == ["5%", "a_b", "äss"]


def test_user_names_fit_into_a_role() -> None:
    assert clean_user("alice") == "alice"
    with pytest.raises(InputError, match="63 bytes"):
        clean_user("ä" * 40)


def test_plain_data_takes_numpy_scalars() -> None:
    import numpy as np

    cleaned = clean_json({"a": np.int64(3), "b": (np.float32(0.5), True)}, "it")
    assert cleaned == {"a": 3, "b": [0.5, True]}
    with pytest.raises(InputError, match=r"it\['a'\] holds a bytes"):
        clean_json({"a": b"x"}, "it")
    with pytest.raises(InputError, match="only text can be a key"):
        clean_json({1: 2}, "it")
