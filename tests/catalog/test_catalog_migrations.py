"""Every released revision is brought forward, with its data, on both databases."""

from __future__ import annotations

from pathlib import Path

import pytest

from hicognition_widgets.catalog import Catalog, upgrade_catalog
from hicognition_widgets.catalog.revisions import HEAD, REVISIONS
from hicognition_widgets.errors import CatalogError

DUMPS = Path(__file__).parent / "revisions"


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'catalog.sqlite'}"
    url = request.getfixturevalue("empty_postgres")
    assert isinstance(url, str)
    return url


def test_there_is_a_dump_of_every_revision() -> None:
    assert sorted(path.stem for path in DUMPS.glob("*.json")) == list(REVISIONS)


@pytest.mark.parametrize("revision", REVISIONS)
def test_data_of_a_released_revision_is_brought_forward(
    empty_url: str, revision: str, load_dump
) -> None:
    load_dump(empty_url, revision)
    if revision != HEAD and not empty_url.startswith("sqlite"):
        with pytest.raises(CatalogError, match="administrator"):
            Catalog.open(empty_url)
    upgrade_catalog(empty_url)
    with Catalog.open(empty_url, user="alice") as catalog:
        # On PostgreSQL the role decides who asks, and here that is the administrator.
        owner = catalog.user
        catalog.user = "alice"
        peaks = catalog.dataset("CTCF <b>peaks</b>")
        assert dict(peaks.metadata) == {
            "protein": "CTCF",
            "replicate": 1,
            "depth": 0.5,
            "pooled": False,
        }
        assert (peaks.size, peaks.modified, peaks.repository) == (2**33, 1.5e9, "4dn")
        assert [one.id for one in catalog.datasets(search="4DN example.org s1")] == [peaks.id]
        assert catalog.dataset("wt").resolutions == (5000, 10_000)
        assert catalog.dataset("part").origin == {"parent": peaks.id, "rows": [0]}
        assert catalog.annotation_table(peaks.id)["score"].tolist()[::2] == [1.0, 3.0]
        assert [one.name for one in catalog.collection("sets").members] == [
            "part",
            "CTCF <b>peaks</b>",
        ]
        assert [one.deleted for one in catalog.collection("tracks").members] == [True]
        figure = catalog.session("figure")
        assert figure.spec == {"views": [{"kind": "pileup"}]}
        assert [one.deleted for one in figure.datasets] == [False, False, True]
        small = catalog.find_result("small")
        assert small is not None
        assert small.payload == b"\x00\x01"
        (job,) = catalog.jobs()
        assert (job.state, job.failed, len(catalog.tasks(job.id))) == ("failed", 1, 2)
        assert len(catalog.shares()) == 2
        assert catalog.version() > 0
        catalog.user = "bob"
        assert catalog.find_result("small") == small
        assert catalog.dataset("part").owner == "alice"
        # And life goes on.
        catalog.user = owner
        assert catalog.add_group("new", []).id > 0
