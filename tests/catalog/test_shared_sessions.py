"""A session between two people of one catalog: on PostgreSQL between two roles."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sqlalchemy.engine import make_url

from hicognition_widgets.catalog import Catalog
from hicognition_widgets.errors import DatasetNotice, NotAllowed, NotFound
from hicognition_widgets.workspace import Workspace

Enter = Callable[[str], Workspace]


@pytest.fixture
def enter(any_url: str, people: Callable[[str], Catalog], tmp_path: Path) -> Iterator[Enter]:
    """Workspaces of several people on one catalog and one store."""
    opened: list[Workspace] = []

    def workspace(name: str) -> Workspace:
        role = people(name).user
        url = make_url(any_url)
        if url.get_backend_name() != "sqlite":
            url = url.set(username=role, password=role)
        opened.append(
            Workspace(
                catalog=url.render_as_string(hide_password=False),
                store=tmp_path / "store",
                scheduler="threads",
                user=role,
            )
        )
        return opened[-1]

    yield workspace
    for one in opened:
        one.close()


def test_a_link_lends_what_a_session_uses_and_nothing_else(
    enter: Enter, demo_data: Path
) -> None:
    alice, bob = enter("alice"), enter("bob")
    starts = np.arange(10_000_000, 60_000_000, 1_000_000)
    table = pd.DataFrame({"chrom": "chr3", "start": starts, "end": starts + 100})
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DatasetNotice)
        for name in ("sites", "other sites"):
            alice.add_regions(table, assembly="mm9", name=name)
        for name in ("CTCF", "unused"):
            track = demo_data / "derived_CTCF_site_count_10kb.bw"
            alice.add_feature(track, assembly="mm9", name=name)
    shown = alice.compare("sites", flank=100_000)
    view = shown.add("profile", "CTCF")
    shown.wait(60)
    saved = alice.save_session("figure", shown)
    token = alice.share(saved, expires="30d")

    assert list(bob.features) == []
    with pytest.raises(NotFound):
        bob.open_session(f"{alice.user}/figure")
    theirs = bob.open_session(token=token)
    theirs.wait(60)
    np.testing.assert_array_equal(theirs[0].views[0].data, view.data)
    assert list(bob.features) == [f"{alice.user}/CTCF"]
    assert list(bob.regions) == [f"{alice.user}/sites"]
    key = view.results[0].key
    carried = bob.result_record(key)
    assert carried is not None
    assert carried.producer == alice.user, "the result came with the session"

    # bob's changes are bob's
    theirs[0].title = "mine"
    fork = bob.save_session("figure", theirs)
    assert fork.owner == bob.user
    assert alice.open_session("figure")[0].title == ""
    for forbidden in (
        lambda: bob.share(saved, user="carol"),
        lambda: bob.update_session(saved.id, name="stolen"),
        lambda: bob.delete_session(saved.id),
    ):
        with pytest.raises((NotAllowed, NotFound)):
            forbidden()

    # a session of alice's that is not shared stays hers, and a revoked link lends nothing
    alice.save_session("private", alice.compare("other sites", flank=100_000))
    assert f"{alice.user}/private" not in list(bob.sessions)
    alice.revoke(alice.shares[0])
    assert list(bob.features) == []
    with pytest.raises(NotFound):
        bob.open_session(token=token)
    left = bob.open_session("figure")
    assert len(left) == 0
    assert "“sites” is missing" in left.missing[0]
