"""Collections, sessions, shares and deletions, on both databases."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from hicognition_widgets.catalog import Catalog
from hicognition_widgets.errors import AmbiguousName, InputError, NotAllowed, NotFound


def test_a_collection_keeps_its_order(catalog: Catalog, make) -> None:
    a, b, c = (make.track(catalog, name) for name in "abc")
    kept = catalog.add_collection(
        name="marks", kind="signal_tracks", members=[c.id, a.id], description="two"
    )
    assert [member.name for member in kept.members] == ["c", "a"]
    assert (kept.assembly, kept.kind, kept.hidden) == ("mm9", "signal_tracks", 0)
    assert catalog.collection("marks") == kept == catalog.collection(kept.id)
    edited = catalog.update_collection(
        kept.id, members=[b.id, c.id, a.id], name="Marks", public=True, description=""
    )
    assert [member.name for member in edited.members] == ["b", "c", "a"]
    assert catalog.collection("Marks").public
    with pytest.raises(InputError, match="kind of a collection cannot change"):
        catalog.update_collection(kept.id, kind="regions")


def test_members_have_to_fit(catalog: Catalog, people, make) -> None:
    catalog.add_assembly(name="toy", chromsizes={"chr1": 10})
    regions, track = make.regions(catalog, "r"), make.track(catalog, "t")
    other = make.track(catalog, "elsewhere", assembly="toy")
    hidden = make.track(people("bob"), "hidden", public=False)
    for members, problem in (
        ([], "at least one"),
        ([track.id, track.id], "only once"),
        ([track.id, regions.id], "'r' is a region set; this collection holds signal tracks"),
        ([track.id, other.id], "on one assembly"),
        ([track.id, hidden.id], "that you can see"),
        ([10**9], "that you can see"),
    ):
        with pytest.raises((InputError, NotFound), match=problem):
            catalog.add_collection(name="x", kind="signal_tracks", members=members)
    with pytest.raises(InputError, match="regions or signal_tracks, not 'maps'"):
        catalog.add_collection(name="x", kind="maps", members=[track.id])  # type: ignore[arg-type]
    catalog.add_collection(name="x", kind="signal_tracks", members=[track.id])
    with pytest.raises(InputError, match="already have a collection 'x'"):
        catalog.add_collection(name="x", kind="signal_tracks", members=[track.id])
    # Equal chromosomes under another owner are the same assembly in all but the number.
    bob = people("bob")
    assert make.track(bob, "bobs", public=True).assembly_id == track.assembly_id


def test_collections_are_listed(catalog: Catalog, people, make) -> None:
    track, regions = make.track(catalog, "t"), make.regions(catalog, "r")
    catalog.add_collection(name="Beta", kind="signal_tracks", members=[track.id])
    catalog.add_collection(
        name="alpha", kind="regions", members=[regions.id], description="Loops", public=True
    )
    assert [one.name for one in catalog.collections()] == ["alpha", "Beta"]
    assert [one.name for one in catalog.collections(kind="regions")] == ["alpha"]
    assert [one.name for one in catalog.collections(search="loops")] == ["alpha"]
    assert [one.name for one in catalog.collections(limit=1, offset=1)] == ["Beta"]
    assert [one.name for one in catalog.collections(descending=True)] == ["Beta", "alpha"]
    assert catalog.count_collections(assembly="mm9", owner=catalog.user) == 2
    bob = people("bob")
    (seen,) = bob.collections()
    assert (seen.name, seen.members, seen.hidden) == ("alpha", (), 1)
    with pytest.raises(NotAllowed, match="belongs to"):
        bob.update_collection(seen.id, name="mine")
    with pytest.raises(NotAllowed, match="belongs to"):
        bob.delete_collection(seen.id)


def test_own_collections_keep_a_dataset_from_being_deleted(catalog: Catalog, make) -> None:
    a, b = make.track(catalog, "a"), make.track(catalog, "b")
    both = catalog.add_collection(name="both", kind="signal_tracks", members=[a.id, b.id])
    only = catalog.add_collection(name="only", kind="signal_tracks", members=[a.id])
    figure = catalog.save_session("figure", {}, datasets=[a.id], collections=[both.id])
    use = catalog.usage(a.id)
    assert (use.collections, use.sessions, use.others) == (("both", "only"), ("figure",), 0)
    with pytest.raises(NotAllowed, match=r"collections 'both', 'only'.*session 'figure'.*casc"):
        catalog.delete_dataset(a.id)
    assert catalog.dataset("a").id == a.id
    done = catalog.delete_dataset(a.id, cascade=True)
    assert not done.tombstone
    assert set(done.deleted) == {("collection", "only"), ("session", "figure")}
    assert [one.name for one in catalog.collection("both").members] == ["b"]
    for ref in (only.id, "only"):
        with pytest.raises(NotFound):
            catalog.collection(ref)
    with pytest.raises(NotFound):
        catalog.session(figure.id)


def test_what_others_use_leaves_a_tombstone(catalog: Catalog, people, make) -> None:
    bob = people("bob")
    a = make.track(catalog, "a", public=True, managed=True, path="/store/a.bw")
    b = make.track(catalog, "b", public=True)
    theirs = bob.add_collection(name="theirs", kind="signal_tracks", members=[a.id, b.id])
    bob.save_session("figure", {"shows": a.id}, datasets=[a.id], collections=[theirs.id])
    assert catalog.usage(a.id).others == 2
    done = catalog.delete_dataset(a.id)
    assert done.tombstone
    assert done.others == 2
    assert done.files == ("/store/a.bw",)
    assert done.warning is not None
    assert "2 things of other people" in done.warning
    for one in (catalog, bob):
        with pytest.raises(NotFound):
            one.dataset(a.id)
        assert [record.name for record in one.datasets()] == ["b"]
    members = bob.collection("theirs").members
    assert [(one.name, one.deleted, one.path) for one in members] == [
        ("a", True, ""),
        ("b", False, "/data/b.bw"),
    ]
    (shown,) = bob.session("figure").datasets
    assert (shown.name, shown.deleted) == ("a", True)
    # The tombstone may stay while the rest is edited, and its name is free again.
    bob.update_collection(theirs.id, members=[b.id, a.id])
    bob.save_session("figure", {}, datasets=[a.id, b.id])
    assert make.track(catalog, "a").id != a.id
    with pytest.raises(NotFound):
        bob.add_collection(name="new", kind="signal_tracks", members=[a.id])


def test_a_collection_in_somebodys_session_leaves_a_tombstone(
    catalog: Catalog, people, make
) -> None:
    bob = people("bob")
    track = make.track(catalog, "a", public=True)
    group = catalog.add_collection(
        name="group", kind="signal_tracks", members=[track.id], public=True
    )
    bob.save_session("figure", {}, datasets=[], collections=[group.id])
    done = catalog.delete_collection(group.id)
    assert done.tombstone
    assert done.others == 1
    (shown,) = bob.session("figure").collections
    assert (shown.name, shown.deleted, shown.members) == ("group", True, ())
    assert catalog.collections() == []
    assert catalog.delete_dataset(track.id).tombstone is False


def test_deleting_takes_own_results_and_annotations_along(catalog: Catalog, make) -> None:
    regions, track = make.regions(catalog, "r"), make.track(catalog, "t")
    make.result(catalog, "small", regions.id, track.id)
    make.result(catalog, "large", regions.id, track.id, artifact="alice/x1")
    make.result(catalog, "other", regions.id)
    catalog.add_annotations(regions.id, {"score": [1, 2, 3]})
    assert catalog.usage(regions.id).annotations == 1
    assert catalog.usage(track.id).results == 2
    assert catalog.delete_dataset(track.id).artifacts == ("alice/x1",)
    assert catalog.find_result("small") is None
    assert catalog.find_result("other") is not None
    assert catalog.delete_dataset(regions.id).tombstone is False
    assert catalog.results() == []


def test_derived_sets_outlive_their_parents(catalog: Catalog, make) -> None:
    parent = make.regions(catalog, "parent")
    child = make.regions(
        catalog, "child", origin={"parents": [parent.id], "operation": "selection", "rows": [1]}
    )
    assert catalog.usage(parent.id).derived == ("child",)
    catalog.delete_dataset(parent.id)
    assert catalog.dataset("child").origin == child.origin


def test_a_session_is_saved_overwritten_and_deleted(catalog: Catalog, make) -> None:
    track = make.track(catalog, "t")
    spec = {"views": [{"kind": "pileup", "feature": track.id, "range": [0.5, None]}]}
    saved = catalog.save_session(
        "figure 2", spec, datasets=[track.id], description="d", thumbnail=b"\x89PNG"
    )
    assert catalog.session("figure 2") == saved
    assert saved.spec == spec
    assert saved.thumbnail == b"\x89PNG"
    again = catalog.save_session("figure 2", {"views": []}, datasets=[])
    assert (again.id, again.created, again.description) == (saved.id, saved.created, "d")
    assert (again.spec, again.datasets, again.thumbnail) == ({"views": []}, (), None)
    (listed,) = catalog.sessions(search="FIGURE")
    assert (listed.id, dict(listed.spec)) == (saved.id, {})
    renamed = catalog.update_session(saved.id, name="figure 3", description="")
    assert catalog.session("figure 3") == renamed
    with pytest.raises(InputError, match=r"spec|session"):
        catalog.save_session("bad", {"x": float("inf")}, datasets=[])
    with pytest.raises(NotFound, match="number 999"):
        catalog.save_session("bad", {}, datasets=[999])
    catalog.delete_session("figure 3")
    assert catalog.sessions() == []
    with pytest.raises(NotFound):
        catalog.session("figure 3")


def test_sharing_with_a_user_and_a_group(catalog: Catalog, people, make) -> None:
    bob, carol = people("bob"), people("carol")
    one, two = make.track(catalog, "one"), make.track(catalog, "two")
    group = catalog.add_collection(name="g", kind="signal_tracks", members=[one.id, two.id])
    share = catalog.share("dataset", one.id, user=bob.user)
    assert [record.name for record in bob.datasets()] == ["one"]
    assert carol.datasets() == []
    with pytest.raises(NotAllowed):
        bob.update_dataset(one.id, name="x")
    with pytest.raises(NotAllowed):
        bob.share("dataset", one.id, user=carol.user)
    assert catalog.share("dataset", one.id, user=bob.user).id == share.id

    lab = catalog.add_group("lab", [bob.user])
    catalog.share("collection", group.id, group="lab")
    assert [record.name for record in bob.datasets()] == ["one", "two"]
    assert [member.name for member in bob.collection("g").members] == ["one", "two"]
    assert carol.collections() == []
    catalog.update_group("lab", members=[bob.user, carol.user])
    assert [record.name for record in carol.datasets()] == ["one", "two"]
    assert carol.groups()[0].members == tuple(sorted([bob.user, carol.user]))
    with pytest.raises(NotAllowed, match="managed by"):
        carol.update_group("lab", members=[carol.user])
    catalog.delete_group(lab.name)
    assert carol.datasets() == []
    catalog.revoke(share.id)
    assert bob.datasets() == []
    (revoked,) = catalog.shares("dataset", one.id)
    assert revoked.revoked is not None
    with pytest.raises(NotFound):
        bob.revoke(share.id)
    with pytest.raises(NotFound, match="no group 'nobody'"):
        catalog.share("dataset", one.id, group="nobody")
    with pytest.raises(InputError, match="only sessions have links"):
        catalog.share("dataset", one.id)


def test_a_shared_session_shows_what_its_owner_put_in_and_owns(
    catalog: Catalog, people, make
) -> None:
    bob, carol = people("bob"), people("carol")
    mine, grouped, other = (make.track(catalog, name) for name in ("mine", "grouped", "other"))
    bobs = make.track(bob, "bobs")
    bob.share("dataset", bobs.id, user=catalog.user)
    group = catalog.add_collection(name="g", kind="signal_tracks", members=[grouped.id])
    saved = catalog.save_session(
        "figure", {"x": 1}, datasets=[mine.id, bobs.id], collections=[group.id]
    )
    share = catalog.share("session", saved.id, expires="30d")
    assert share.token is not None
    assert share.expires is not None
    assert share.expires - datetime.now(UTC) > timedelta(days=29)
    with pytest.raises(NotFound):
        carol.session(saved.id)
    opened = carol.open_session(share.token)
    assert opened.spec == {"x": 1}
    assert [one.name for one in opened.datasets] == ["mine"]
    assert opened.hidden == 1  # bob did not share his track with carol
    assert [one.name for one in carol.datasets()] == ["grouped", "mine"]
    assert carol.collection("g").members[0].name == "grouped"
    assert carol.session("figure") == opened
    with pytest.raises(NotFound):
        carol.dataset(other.id)
    with pytest.raises(NotAllowed):
        carol.delete_session(saved.id)
    (listed,) = catalog.shares("session")
    assert listed.opened_by == (carol.user,)
    assert listed.token is None
    catalog.revoke(share.id)
    assert carol.datasets() == []
    with pytest.raises(NotFound, match="wrong, expired or revoked"):
        carol.open_session(share.token)


def test_links_are_kept_hashed_and_end(catalog: Catalog, people) -> None:
    saved = catalog.save_session("s", {}, datasets=[])
    share = catalog.share("session", saved.id, expires=timedelta(hours=1))
    assert share.token is not None
    with catalog._read() as session:
        (row,) = session.execute(text("SELECT * FROM shares")).all()
    assert share.token not in [str(value) for value in row]
    bob = people("bob")
    bob.open_session(share.token)
    with catalog._write() as session:
        session.execute(text("UPDATE shares SET expires = '2020-01-01 00:00:00.000000'"))
    assert bob.sessions() == []
    with pytest.raises(NotFound, match="expired"):
        bob.open_session(share.token)
    with pytest.raises(NotFound):
        bob.open_session("guess")
    for wrong, problem in (
        ("soon", "not a duration"),
        (timedelta(0), "in the future"),
        (datetime(2020, 1, 1, tzinfo=UTC), "in the future"),
    ):
        with pytest.raises(InputError, match=problem):
            catalog.share("session", saved.id, expires=wrong)


def test_deleting_ends_the_shares(catalog: Catalog, people, make) -> None:
    bob = people("bob")
    saved = catalog.save_session("s", {}, datasets=[])
    token = catalog.share("session", saved.id).token
    assert token is not None
    catalog.delete_session("s")
    with pytest.raises(NotFound):
        bob.open_session(token)
    assert catalog.shares() == []


def test_several_sessions_of_one_name(catalog: Catalog, people) -> None:
    bob, carol = people("bob"), people("carol")
    for one in (catalog, bob):
        number = one.save_session("figure", {"of": one.user}, datasets=[]).id
        one.update_session(number, public=True)
    assert bob.session("figure").spec == {"of": bob.user}
    with pytest.raises(AmbiguousName):
        carol.session("figure")
    assert carol.session(f"{bob.user}/figure").owner == bob.user


def test_people_are_known(catalog: Catalog, people) -> None:
    bob = people("bob")
    assert {catalog.user, bob.user} <= {user.name for user in bob.users()}
