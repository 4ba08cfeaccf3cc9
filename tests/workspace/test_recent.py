"""The catalog's last answers are kept for a moment, and never past a change."""

import threading

import pytest

from hicognition_widgets import Workspace
from hicognition_widgets.workspace import recent
from hicognition_widgets.workspace.recent import Recent


class Catalog:
    """Counts how often it is asked."""

    def __init__(self):
        self.version, self.asked = 1, 0

    def ask(self):
        self.asked += 1
        return self.version


def test_asked_once_until_something_changes():
    catalog = Catalog()
    kept = Recent(lambda: catalog.version)
    assert [kept.get("name", catalog.ask) for _ in range(3)] == [1, 1, 1]
    assert catalog.asked == 1
    catalog.version = 2
    assert kept.get("name", catalog.ask) == 2
    assert kept.get("another", catalog.ask) == 2
    assert catalog.asked == 3


def test_what_may_be_seen_can_end_by_the_clock(monkeypatch):
    catalog = Catalog()
    kept = Recent(lambda: catalog.version)
    kept.get("name", catalog.ask)
    monkeypatch.setattr(recent, "SECONDS", 0.0)
    kept.get("other", catalog.ask)
    kept.get("other", catalog.ask)
    assert catalog.asked == 3


def test_a_change_while_it_is_asked_is_not_lost():
    catalog = Catalog()
    kept = Recent(lambda: catalog.version)

    def meanwhile():
        found = catalog.ask()
        catalog.version = 2
        return found

    assert kept.get("name", meanwhile) == 1
    assert kept.get("name", catalog.ask) == 2


def test_a_failure_is_not_kept_and_memory_is_bounded():
    catalog = Catalog()
    kept = Recent(lambda: catalog.version)
    with pytest.raises(ZeroDivisionError):
        kept.get("name", lambda: 1 // 0)
    assert kept.get("name", catalog.ask) == 1
    for number in range(2000):
        kept.get(number, catalog.ask)
    assert len(kept._known) <= 256


def test_threads_get_their_own_answers():
    catalog = Catalog()
    kept = Recent(lambda: catalog.version)
    wrong = []

    def look(number):
        wrong.extend(1 for _ in range(300) if kept.get(number, lambda: number) != number)

    threads = [threading.Thread(target=look, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


def test_a_workspace_sees_a_new_name_at_once(tmp_path):
    bed = tmp_path / "sites.bed"
    bed.write_text("chr1\t100\t200\nchr1\t300\t400\n")
    place = {"catalog": tmp_path / "catalog.sqlite", "store": tmp_path / "store"}
    with Workspace(**place, scheduler="threads") as ws, Workspace(**place) as other:
        ws.add_assembly("tiny", chromsizes={"chr1": 1000})
        one = ws.add_regions(bed, assembly="tiny", name="sites", kind="point")
        for _ in range(2):
            assert [d.name for d in other.datasets_by_number([one.id])] == ["sites"]
        ws.rename(one, "peaks")
        assert [d.name for d in other.datasets_by_number([one.id])] == ["peaks"]
