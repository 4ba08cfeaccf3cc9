"""``hicognition catalog`` on both databases, as a person types it."""

from __future__ import annotations

import json
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner, Result
from sqlalchemy import text
from sqlalchemy.engine import URL, make_url

from hicognition_widgets.catalog import engine
from hicognition_widgets.catalog.engine import Database
from hicognition_widgets.cli import main
from hicognition_widgets.errors import CatalogWarning
from hicognition_widgets.workspace import Workspace

Run = Callable[..., Result]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Run:
    """The command line with the given settings."""

    def call(catalog: str, store: Path, *words: object, user: str = "ann") -> Result:
        monkeypatch.setenv("HICOGNITION_CATALOG", catalog)
        monkeypatch.setenv("HICOGNITION_STORE", str(store))
        monkeypatch.setenv("HICOGNITION_USER", user)
        return CliRunner().invoke(main, ["catalog", *map(str, words)])

    return call


def sites() -> pd.DataFrame:
    return pd.DataFrame({"chrom": ["chr1", "chr2"], "start": [100, 500], "end": [200, 700]})


def filled(catalog: str, store: Path) -> None:
    with Workspace(catalog=catalog, store=store, scheduler="threads", user="ann") as ws:
        record = ws.add_regions(sites(), assembly="mm9", name="sites", kind="interval")
        ws._catalog.add_annotations(record.id, {"score": [1.0, 2.0]})
        ws.save_session("figure", ws.compare(record))


def test_upgrade_makes_a_catalog(run: Run, any_empty: str, tmp_path: Path) -> None:
    done = run(any_empty, tmp_path / "store", "upgrade")
    assert (done.exit_code, done.stderr) == (0, "")
    assert "the catalog is at revision" in done.output
    assert run(any_empty, tmp_path / "store", "check").exit_code == 0


def test_a_newer_catalog_is_one_sentence(run: Run, sqlite_url: str, tmp_path: Path) -> None:
    run(sqlite_url, tmp_path / "store", "upgrade")
    database = Database(sqlite_url)
    with database.engine.connect() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
        connection.commit()
    database.close()
    for words in (("upgrade",), ("check",), ("export", tmp_path / "a.zip")):
        done = run(sqlite_url, tmp_path / "store", *words)
        assert done.exit_code == 1
        assert "made by a newer version" in done.stderr
        assert "Traceback" not in done.stderr
        assert len(done.stderr.splitlines()) == 1


def test_check_finds_and_repair_mends(run: Run, any_url: str, tmp_path: Path) -> None:
    store = tmp_path / "store"
    filled(any_url, store)
    assert run(any_url, store, "check").exit_code == 0
    with Workspace(catalog=any_url, store=store, scheduler="threads", user="ann") as ws:
        record = ws.regions["sites"]
        ws._catalog.add_result(
            key="k", analysis="pileup", request={}, meta={}, inputs=[record.id],
            artifact=f"{ws.user}/results/gone", digest="d",
        )  # fmt: skip
    done = run(any_url, store, "check")
    assert done.exit_code == 1
    assert "is not in the store" in done.output
    assert "with --repair it is forgotten" in done.output
    assert run(any_url, store, "check", "--repair", "--quick").exit_code == 0
    assert run(any_url, store, "check").exit_code == 0


def test_a_missing_source_is_not_repaired(run: Run, sqlite_url: str, tmp_path: Path) -> None:
    bed = tmp_path / "sites.bed"
    bed.write_text("chr1\t100\t200\n")
    store = tmp_path / "store"
    with Workspace(catalog=sqlite_url, store=store, scheduler="threads", user="ann") as ws:
        ws.add_regions(bed, assembly="mm9")
    bed.unlink()
    done = run(sqlite_url, store, "check", "--repair")
    assert done.exit_code == 1
    assert "to do: put it back" in done.output


@pytest.fixture
def bea(people) -> str:
    """Address of a catalog with somebody in it; on PostgreSQL a role with least rights."""
    url: URL = people("bea")._database.url
    return url.render_as_string(hide_password=False)


def test_a_laptop_moves_to_a_shared_catalog(run: Run, bea: str, tmp_path: Path) -> None:
    any_url = bea
    laptop, shared = tmp_path / "laptop", tmp_path / "shared"
    mine = f"sqlite:///{laptop / 'catalog.sqlite'}"
    filled(mine, laptop)
    archive = tmp_path / "mine.zip"
    done = run(mine, laptop, "export", archive)
    assert (done.exit_code, done.stderr) == (0, "")
    shutil.rmtree(laptop)
    # Numbers there are others: something is in the catalog already.
    with Workspace(catalog=any_url, store=shared, scheduler="threads", user="bea") as ws:
        ws.add_regions(sites().iloc[:1], assembly="mm9", name="first", kind="point")
        owner = ws.user
    done = run(any_url, shared, "import", archive, user="bea")
    assert (done.exit_code, done.stderr) == (0, "")
    assert "1 datasets" in done.output
    again = run(any_url, shared, "import", archive, user="bea")
    assert "there already" in again.output
    assert again.exit_code == 0
    with Workspace(catalog=any_url, store=shared, scheduler="threads", user="bea") as ws:
        record = ws.regions["sites"]
        assert (record.owner, record.region_kind) == (owner, "interval")
        assert Path(record.path).is_relative_to(shared)
        assert ws._catalog.annotation_table(record.id)["score"].tolist() == [1.0, 2.0]
        session = ws.open_session("figure")
        assert session.missing == []
        assert session[0].regions is not None
        assert session[0].regions.id == record.id
        session.close()
    assert run(any_url, shared, "check", user="bea").exit_code == 0


def test_somebody_takes_what_is_theirs_along(
    run: Run, bea: str, people, make, tmp_path: Path
) -> None:
    shared, back = tmp_path / "shared", tmp_path / "back"
    alice = people("alice")
    alice.add_assembly(name="toy", chromsizes={"chr1": 1000})
    seen = make.track(alice, "seen", assembly="toy", public=True)
    hidden = make.track(alice, "hidden", assembly="toy")
    with Workspace(catalog=bea, store=shared, scheduler="threads", user="bea") as ws:
        ws.add_regions(sites(), assembly="mm9", name="mine", kind="interval")
        ws._catalog.save_session("both", {"comparisons": []}, datasets=[seen.id])
    archive = tmp_path / "mine.zip"
    done = run(bea, shared, "export", archive, user="bea")
    assert (done.exit_code, done.stderr) == (0, "")
    with zipfile.ZipFile(archive) as opened:
        packed = {name: opened.read(name).decode() for name in opened.namelist()}
    rows = [json.loads(line) for line in packed["rows/datasets.jsonl"].splitlines()]
    assert [row["name"] for row in rows] == ["mine"]
    assert not any("hidden" in text or hidden.fingerprint in text for text in packed.values())
    # Others' data are named by their content, and left out where they are not.
    home = f"sqlite:///{back / 'catalog.sqlite'}"
    done = run(home, back, "import", archive)
    assert (done.exit_code, done.stderr) == (0, "")
    assert "the session 'both' goes without 'seen'" in done.output
    with Workspace(catalog=home, store=back, scheduler="threads", user="ann") as ws:
        assert (ws.regions["mine"].owner, ws.regions["mine"].n_regions) == ("ann", 2)
        assert list(ws.sessions) == ["both"]


def test_doctor_and_notebook_say_that_the_disk_is_a_network_one(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HICOGNITION_CATALOG", sqlite_url)
    monkeypatch.setenv("HICOGNITION_STORE", str(tmp_path / "store"))
    monkeypatch.setenv("HICOGNITION_SCHEDULER", "threads")
    done = CliRunner().invoke(main, ["doctor"])
    assert done.exit_code == 0
    assert "warning" not in done.output
    monkeypatch.setattr(engine, "network_filesystem", lambda _path: "nfs4")
    done = CliRunner().invoke(main, ["doctor"])
    assert (done.exit_code, done.stderr) == (0, "")
    assert "network file system (nfs4)" in done.output
    with pytest.warns(CatalogWarning, match="for several people or machines use PostgreSQL"):
        Workspace(catalog=sqlite_url, store=tmp_path / "store").close()


@pytest.mark.postgres
def test_no_command_shows_a_password(
    postgres_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = make_url(postgres_url).set(password="a-secret-word")  # noqa: S106 - not a real one
    monkeypatch.setenv("HICOGNITION_CATALOG", address.render_as_string(hide_password=False))
    monkeypatch.setenv("HICOGNITION_STORE", str(tmp_path / "store"))
    monkeypatch.setenv("HICOGNITION_SCHEDULER", "threads")
    for words in (["doctor"], ["catalog", "upgrade"], ["catalog", "check"]):
        done = CliRunner().invoke(main, words)
        assert done.exit_code == 0
        assert "a-secret-word" not in done.output + done.stderr
