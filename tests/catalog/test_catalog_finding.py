"""Finding by fields and words: the same by a file and under row security, and no leaks."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select, text

from hicognition_widgets.catalog import Catalog, dataset_rows
from hicognition_widgets.errors import NotAllowed


@pytest.fixture
def described(catalog: Catalog, people, make) -> dict[str, int]:
    """Datasets of two people: public, private, shared, deleted."""
    bob = people("bob")
    made = {
        "mine": make.regions(catalog, "mine", metadata={"protein": "CTCF", "replicate": 1}),
        "other": make.regions(catalog, "other", metadata={"protein": "ctcf", "replicate": 2}),
        "gone": make.regions(catalog, "gone", metadata={"protein": "CTCF", "lost": "yes"}),
        "public": make.regions(
            bob, "public", metadata={"protein": "CTCF", "replicate": 2}, public=True
        ),
        "shared": make.regions(bob, "shared", metadata={"protein": "CTCF", "shown": "it's"}),
        "hidden": make.regions(bob, "hidden", metadata={"protein": "CTCF", "secret": "plan"}),
    }
    bob.share("dataset", made["shared"].id, user=catalog.user)
    catalog.delete_dataset(made["gone"].id)
    return {name: record.id for name, record in made.items()}


@pytest.mark.parametrize(
    ("fields", "names"),
    [
        ({"protein": "CTCF"}, ["mine", "other", "public", "shared"]),
        ({"protein": None}, ["mine", "other", "public", "shared"]),
        ({"protein": "CTCF", "replicate": 2}, ["other", "public"]),
        ({"replicate": None, "protein": "ctcf"}, ["mine", "other", "public"]),
        ({"shown": "it's"}, ["shared"]),
        ({"secret": None}, []),
        ({"lost": "yes"}, []),
        ({"protein": "' OR true --"}, []),
        ({"' OR true --": None}, []),
        ({"a\\'": "\\"}, []),
    ],
)
def test_fields_find_what_one_may_see(
    catalog: Catalog, described: dict[str, int], fields, names
) -> None:
    assert [one.name for one in catalog.datasets(metadata=fields)] == names
    assert catalog.count_datasets(metadata=fields) == len(names)


def test_values_of_a_field_are_those_one_may_see(
    catalog: Catalog, described: dict[str, int]
) -> None:
    assert [value.upper() for value in catalog.metadata_values("protein")][:1] == ["CTCF"]
    assert catalog.metadata_values("replicate") == ["1", "2"]
    assert catalog.metadata_values("replicate", limit=1) == ["1"]
    assert catalog.metadata_values("shown") == ["it's"]
    for field in ("secret", "lost", "nothing", "' OR true --"):
        assert catalog.metadata_values(field) == []


WORDS = [
    "straße",
    "STRASSE",
    "ctcf",
    "tcf",
    "t",
    "ct",
    "co%f",
    "co_f",
    "it's",
    "日本語",
    "本語",
]


@pytest.mark.parametrize("few", [1000, 1, 0])
def test_parts_of_words_are_found_in_any_number_of_datasets(
    catalog: Catalog, people, make, monkeypatch: pytest.MonkeyPatch, few: int
) -> None:
    monkeypatch.setattr(dataset_rows, "FEW", few)
    bob = people("bob")
    for name in ("CTCF wt", "CTCF Straße", "co%f it's", "日本語 ctcf", "c", "cb\nd"):
        make.regions(catalog, name, description=f"about {name}")
        make.regions(bob, f"hidden {name}")
        make.regions(bob, f"shown {name}", public=True)
    gone = make.regions(catalog, "gone ctcf")
    catalog.delete_dataset(gone.id)
    everything = catalog.datasets()
    assert len(everything) == 12
    for asked in [*WORDS, "wt ctcf", "ctcf absent", "about c", "f w", ""]:
        wanted = [
            one.name
            for one in everything
            if all(
                word in f"{one.name} {one.owner} {one.description}".casefold()
                for word in asked.casefold().split()
            )
        ]
        found = [one.name for one in catalog.datasets(search=asked)]
        assert found == wanted, asked
        assert catalog.count_datasets(search=asked) == len(wanted), asked
        page = catalog.datasets(search=asked, order_by="id", descending=True, limit=2, offset=1)
        assert [one.id for one in page] == sorted(
            (one.id for one in everything if one.name in wanted), reverse=True
        )[1:3]


@pytest.mark.postgres
def test_the_functions_tell_nothing_about_others(server_people, make) -> None:
    alice, bob = server_people("alice"), server_people("bob")
    alice.add_assembly(name="mm9", chromsizes={"chr1": 1000})
    hidden = make.regions(bob, "hidden", metadata={"secret": "plan"})
    find = select(func.hicognition_described(["secret"], [None]))
    values = select(func.hicognition_metadata_values("secret", 10))
    words = select(func.hicognition_matching(["hidden"], 10))
    with alice._read() as session:
        assert session.scalars(find).all() == []
        assert session.scalars(values).all() == []
        assert session.scalars(words).all() == []
    with bob._read() as session:
        assert session.scalars(find).all() == [hidden.id]
        assert session.scalars(values).all() == ["plan"]
        assert session.scalars(words).all() == [hidden.id]


@pytest.mark.postgres
def test_repositories_are_added_by_the_administrator_alone(
    server_people, postgres_url: str, make
) -> None:
    alice = server_people("alice")
    where = {"url": "https://lab.org/{href}", "file_url": "https://lab.org/{id}"}
    with pytest.raises(NotAllowed, match="does not allow this"):
        alice.add_repository("lab", **where)
    with Catalog.open(postgres_url) as administrator:
        administrator.add_repository("lab", **where)
    alice.add_assembly(name="mm9", chromsizes={"chr1": 1000})
    found = make.regions(alice, "peaks", repository="lab", sample_id="S1")
    assert alice.datasets(repository="lab") == alice.datasets(search="LAB s1") == [found]


@pytest.mark.postgres
def test_row_security_is_trusted_only_where_it_holds(server_people, postgres_url: str) -> None:
    assert server_people("alice")._asker is None
    with Catalog.open(postgres_url) as administrator:
        assert administrator._asker == administrator.user


@pytest.mark.postgres
def test_words_are_found_through_the_index(server_people, postgres_url: str, make) -> None:
    alice = server_people("alice")
    alice.add_assembly(name="mm9", chromsizes={"chr1": 1000})
    make.regions(alice, "CTCF", description="long " * 10_000)
    with Catalog.open(postgres_url) as administrator, administrator._read() as session:
        session.execute(text("SET LOCAL enable_seqscan = off"))  # it has hardly a row
        plan = session.scalars(
            text(
                "EXPLAIN SELECT id FROM datasets WHERE"
                " hicognition_trigrams(search_text) @> ARRAY['ctc', 'tcf']"
            )
        ).all()
        triples = session.scalar(text("SELECT hicognition_trigrams('abcab')"))
        none = session.scalar(text("SELECT hicognition_trigrams('ab')"))
    assert any("ix_datasets_trigrams" in line for line in plan)
    assert (triples, none) == (["abc", "bca", "cab"], [])
