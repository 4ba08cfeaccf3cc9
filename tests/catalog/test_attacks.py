"""Mallory has a role of her own, a raw connection and the same store; nothing else holds her.

Everything here goes past the package's own rules and asks the database itself. The last
tests do the same with the files.
"""

from __future__ import annotations

import os
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.engine import make_url

from hicognition_widgets.catalog import Catalog, upgrade_catalog
from hicognition_widgets.catalog.sharing import token_hash
from hicognition_widgets.errors import CatalogError, NotAllowed, NotFound, StoreError
from hicognition_widgets.store import Store

pytestmark = pytest.mark.postgres

DENIED = psycopg.errors.InsufficientPrivilege


@dataclass
class Scene:
    """Alice's catalog with one of everything, and Mallory's raw connection."""

    alice: Catalog
    mallory: Catalog
    url: str
    raw: psycopg.Connection[Any]
    secret: int
    public: int
    collection: int
    session: int
    result: int
    token: str

    def rows(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        return self.raw.execute(query.encode(), values).fetchall()

    def changed(self, query: str, *values: Any) -> int:
        return self.raw.execute(query.encode(), values).rowcount

    def refuses(self, query: str, *values: Any) -> None:
        with pytest.raises(DENIED):
            self.raw.execute(query.encode(), values)


@pytest.fixture
def scene(postgres_url: str, request: pytest.FixtureRequest) -> Iterator[Scene]:
    conftest = request.getfixturevalue("server_people")
    alice, mallory = conftest("alice"), conftest("mallory")
    make = request.getfixturevalue("make")
    alice.add_assembly(name="mm9", chromsizes={"chr1": 1000})
    secret = make.regions(alice, "secret", metadata={"patient": "P-17"}).id
    public = make.track(alice, "shown", public=True).id
    alice.add_annotations(secret, {"score": [1.0, 2.0, 3.0]})
    collection = alice.add_collection(name="hidden", kind="regions", members=[secret]).id
    session = alice.save_session("figure", {"note": "unpublished"}, datasets=[secret]).id
    result = make.result(alice, "key of secret", secret, public).id
    alice.add_job(title="secret job", total=1, request={"of": "secret"}, tasks=["a"])
    alice.add_group("lab", [alice.user])
    token = alice.share("session", session).token
    assert token is not None
    address = make_url(postgres_url).set(
        drivername="postgresql", username=mallory.user, password=mallory.user
    )
    with psycopg.connect(address.render_as_string(hide_password=False), autocommit=True) as raw:
        yield Scene(
            alice,
            mallory,
            postgres_url,
            raw,
            secret,
            public,
            collection,
            session,
            result,
            token,
        )  # fmt: skip


# -- reading ---------------------------------------------------------------------------


def test_reading_every_table_shows_nothing_of_what_is_not_shared(scene: Scene) -> None:
    assert scene.rows("SELECT id FROM datasets") == [(scene.public,)]
    for table in (
        "dataset_metadata", "annotations", "collections", "collection_members", "sessions",
        "session_datasets", "session_collections", "results", "result_inputs", "jobs", "tasks",
        "shares", "share_openings", "group_members",
    ):  # fmt: skip
        assert scene.rows(f"SELECT * FROM {table}") == [], table  # noqa: S608


def test_every_table_has_row_security(scene: Scene) -> None:
    bare = scene.rows(
        "SELECT relname FROM pg_class WHERE relkind IN ('r', 'p') AND NOT relrowsecurity"
        " AND relnamespace = current_schema()::regnamespace"
    )
    assert bare == []


def test_copying_a_table_out_shows_no_more(scene: Scene) -> None:
    with scene.raw.cursor().copy("COPY (SELECT name FROM datasets) TO STDOUT") as copy:
        assert b"".join(bytes(part) for part in copy) == b"shown\n"


def test_a_condition_with_side_effects_sees_no_hidden_row(scene: Scene) -> None:
    scene.raw.execute(
        "CREATE FUNCTION pg_temp.leak(t text) RETURNS boolean LANGUAGE plpgsql COST 0.0001 AS "
        "$$ BEGIN RAISE NOTICE '%', t; RETURN true; END $$"
    )
    heard: list[str] = []
    scene.raw.add_notice_handler(lambda note: heard.append(str(note.message_primary)))
    scene.rows("SELECT id FROM datasets WHERE pg_temp.leak(name)")
    assert heard == ["shown"]


def test_planner_statistics_show_no_hidden_value(scene: Scene) -> None:
    with scene.alice._read() as session:
        assert session.scalar(text("SELECT count(*) FROM datasets")) == 2
    assert scene.rows("SELECT * FROM pg_stats WHERE tablename = 'datasets'") == []


def test_results_of_invisible_inputs_cannot_be_read(scene: Scene) -> None:
    assert scene.rows("SELECT payload FROM results WHERE id = %s", scene.result) == []
    assert scene.rows("SELECT payload FROM results WHERE key = 'key of secret'") == []
    assert scene.mallory.find_result("key of secret") is None
    with pytest.raises(NotFound):
        scene.mallory.result(scene.result)


def test_a_result_with_one_visible_input_stays_hidden_until_both_are(scene: Scene) -> None:
    scene.alice.share("dataset", scene.secret, user=scene.mallory.user)
    assert scene.rows("SELECT payload FROM results") == [(b"numbers",)]


# -- changing --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("table", "column"),
    [
        ("datasets", "name"), ("collections", "name"), ("sessions", "name"),
        ("assemblies", "name"), ("groups", "name"), ("annotations", "name"),
        ("jobs", "title"), ("tasks", "title"), ("results", "digest"),
    ],
)  # fmt: skip
def test_updating_what_is_somebody_elses_changes_no_row(
    scene: Scene, table: str, column: str
) -> None:
    assert scene.changed(f"UPDATE {table} SET {column} = 'mine'") == 0  # noqa: S608


@pytest.mark.parametrize(
    "table",
    [
        "datasets", "dataset_metadata", "annotations", "collections", "collection_members",
        "sessions", "session_datasets", "assemblies", "chromosomes", "arms", "groups",
        "group_members", "shares", "jobs", "tasks", "results", "result_inputs",
    ],
)  # fmt: skip
def test_deleting_what_is_somebody_elses_deletes_no_row(scene: Scene, table: str) -> None:
    assert scene.changed(f"DELETE FROM {table}") == 0  # noqa: S608


@pytest.mark.parametrize("table", ["share_openings", "organisms", "catalog_state"])
def test_tables_that_nobody_deletes_from_refuse(scene: Scene, table: str) -> None:
    scene.refuses(f"DELETE FROM {table}")  # noqa: S608
    scene.refuses(f"TRUNCATE {table} CASCADE")


def test_a_public_dataset_cannot_be_changed_by_who_sees_it(scene: Scene) -> None:
    assert scene.changed("UPDATE datasets SET path = '/etc/passwd' WHERE public") == 0
    with pytest.raises(NotAllowed, match="belongs to"):
        scene.mallory.update_dataset(scene.public, name="mine")


def test_an_update_that_reaches_no_row_becomes_a_sentence(scene: Scene) -> None:
    # As if the package's own rules had a hole: the database's are asked all the same.
    scene.mallory.user = scene.alice.user
    with pytest.raises(NotAllowed):
        scene.mallory.update_dataset(scene.public, name="mine")
    with pytest.raises(NotAllowed):
        scene.mallory.delete_dataset(scene.public)
    assert scene.alice.dataset(scene.public).name == "shown"


def test_inserting_as_somebody_else_is_refused(scene: Scene) -> None:
    scene.refuses(
        "INSERT INTO groups (owner, name, created, updated) VALUES (%s, 'x', now(), now())",
        scene.alice.user,
    )
    scene.refuses(
        "INSERT INTO jobs (owner, title, state, total, done, failed, message, request, process,"
        " created, updated) VALUES (%s, 'x', 'queued', 0, 0, 0, '', '{}', '', now(), now())",
        scene.alice.user,
    )
    scene.refuses("INSERT INTO users (name, full_name, created) VALUES ('postgres', '', now())")


def test_giving_ones_own_row_to_somebody_else_is_refused(scene: Scene) -> None:
    scene.mallory.add_group("own", [])
    scene.refuses("UPDATE groups SET owner = %s WHERE name = 'own'", scene.alice.user)


def test_numbers_cannot_be_taken_ahead_of_others(scene: Scene) -> None:
    scene.refuses(
        "INSERT INTO groups (id, owner, name, created, updated)"
        " VALUES (99, session_user, 'x', now(), now())"
    )
    scene.refuses("SELECT setval(pg_get_serial_sequence('datasets', 'id'), 1)")


def test_chromosomes_of_somebody_elses_assembly_cannot_be_added(scene: Scene) -> None:
    scene.refuses(
        "INSERT INTO chromosomes (assembly_id, position, name, length)"
        " SELECT id, 9, 'chrZ', 1 FROM assemblies"
    )


# -- planting and sharing --------------------------------------------------------------


def test_a_planted_result_for_public_inputs_is_not_shown_to_others(
    scene: Scene, make: Any
) -> None:
    make.result(scene.mallory, "pileup of shown", scene.public, payload=b"forged")
    assert scene.alice.find_result("pileup of shown") is None
    assert scene.alice.find_results(["pileup of shown"]) == {}


def test_a_planted_result_in_anothers_name_is_refused(scene: Scene) -> None:
    scene.refuses(
        "INSERT INTO results (owner, created, key, analysis, request, meta, digest, size)"
        " VALUES (%s, now(), 'k', 'pileup', '{}', '{}', 'd', 0)",
        scene.alice.user,
    )


def test_inputs_cannot_be_added_to_somebody_elses_result(scene: Scene) -> None:
    scene.refuses(
        "INSERT INTO result_inputs (result_id, position, dataset_id) VALUES (%s, 5, %s)",
        scene.result,
        scene.public,
    )


def test_a_result_cannot_name_an_invisible_input(scene: Scene, make: Any) -> None:
    own = make.result(scene.mallory, "own", scene.public).id
    scene.refuses(
        "INSERT INTO result_inputs (result_id, position, dataset_id) VALUES (%s, 5, %s)",
        own,
        scene.secret,
    )


@pytest.mark.parametrize("kind", ["dataset", "collection", "session"])
def test_sharing_somebody_elses_things_with_oneself_is_refused(scene: Scene, kind: str) -> None:
    number = {"dataset": scene.secret, "collection": scene.collection, "session": scene.session}
    for owner in (scene.mallory.user, scene.alice.user):
        scene.refuses(
            "INSERT INTO shares (owner, kind, object_id, grantee, created)"
            " VALUES (%s, %s, %s, session_user, now())",
            owner, kind, number[kind],
        )  # fmt: skip
    with pytest.raises(NotFound):
        scene.mallory.share(kind, number[kind], user="x")  # type: ignore[arg-type]


def test_joining_somebody_elses_group_is_refused(scene: Scene) -> None:
    scene.alice.share("dataset", scene.secret, group="lab")
    scene.refuses(
        "INSERT INTO group_members (group_id, member) SELECT id, session_user FROM groups"
    )
    with pytest.raises(NotAllowed):
        scene.mallory.update_group("lab", members=[scene.mallory.user])
    assert scene.rows("SELECT id FROM datasets WHERE NOT public") == []


def test_putting_a_hidden_dataset_into_ones_own_things_is_refused(
    scene: Scene, make: Any
) -> None:
    own = make.regions(scene.mallory, "own")
    group = scene.mallory.add_collection(name="own", kind="regions", members=[own.id])
    saved = scene.mallory.save_session("own", {}, datasets=[own.id])
    scene.refuses(
        "INSERT INTO collection_members (collection_id, position, dataset_id)"
        " VALUES (%s, 5, %s)", group.id, scene.secret,
    )  # fmt: skip
    scene.refuses(
        "INSERT INTO session_datasets (session_id, dataset_id, position) VALUES (%s, %s, 5)",
        saved.id, scene.secret,
    )  # fmt: skip
    scene.refuses("UPDATE collection_members SET dataset_id = %s", scene.secret)
    scene.refuses("UPDATE session_datasets SET dataset_id = %s", scene.secret)


def test_an_own_share_cannot_be_pointed_at_something_else(scene: Scene, make: Any) -> None:
    own = make.regions(scene.mallory, "own")
    scene.mallory.share("dataset", own.id, user=scene.alice.user)
    scene.refuses("UPDATE shares SET object_id = %s", scene.secret)


# -- links -----------------------------------------------------------------------------


def test_guessing_tokens_opens_nothing(scene: Scene) -> None:
    guesses = [secrets.token_urlsafe(32) for _ in range(200)]
    guesses += ["", " ", "%", "_", "' OR true --", scene.token[:-1], scene.token + "x"]
    for guess in guesses:
        assert scene.rows("SELECT hicognition_open_session(%s)", guess) == [(None,)]
    with pytest.raises(NotFound, match="wrong, expired or revoked"):
        scene.mallory.open_session("\x00\ud800")
    assert scene.rows("SELECT * FROM sessions") == []


def test_the_hash_of_a_token_opens_nothing(scene: Scene) -> None:
    hashed = token_hash(scene.token)
    assert scene.rows("SELECT hicognition_open_session(%s)", hashed) == [(None,)]


def test_an_opening_cannot_be_written_by_hand(scene: Scene) -> None:
    share = scene.alice.shares()[0].id
    scene.refuses(
        "INSERT INTO share_openings (share_id, opener, opened)"
        " VALUES (%s, session_user, now())",
        share,
    )


def test_a_token_opens_what_the_session_shows_and_no_more(scene: Scene, make: Any) -> None:
    other = make.regions(scene.alice, "other").id
    assert scene.mallory.open_session(scene.token).spec == {"note": "unpublished"}
    seen = scene.rows("SELECT id FROM datasets ORDER BY id")
    assert seen == sorted([(scene.secret,), (scene.public,)])
    assert (other,) not in seen
    assert scene.rows("SELECT title FROM jobs") == []
    assert scene.rows("SELECT name FROM collections") == []
    assert scene.changed("UPDATE sessions SET description = 'x'") == 0


def test_a_revoked_or_expired_link_shows_nothing_any_more(scene: Scene) -> None:
    scene.mallory.open_session(scene.token)
    scene.alice.revoke(scene.alice.shares()[0].id)
    assert scene.rows("SELECT * FROM sessions") == []
    assert scene.rows("SELECT hicognition_open_session(%s)", scene.token) == [(None,)]
    again = scene.alice.share("session", scene.session, expires="1h")
    assert again.token is not None
    scene.mallory.open_session(again.token)
    with scene.alice._write() as session:
        session.execute(
            text("UPDATE shares SET expires = now() - interval '1 s' WHERE id = :id"),
            {"id": again.id},
        )
    assert scene.rows("SELECT * FROM sessions") == []


# -- becoming somebody else --------------------------------------------------------------


def test_set_role_is_refused(scene: Scene) -> None:
    for role in (scene.alice.user, "postgres"):
        scene.refuses(f'SET ROLE "{role}"')
        scene.refuses(f'SET SESSION AUTHORIZATION "{role}"')


def test_row_security_cannot_be_turned_off(scene: Scene) -> None:
    scene.raw.execute("SET row_security = off")
    scene.refuses("SELECT * FROM datasets")
    scene.raw.execute("SET row_security = on")
    scene.refuses("ALTER TABLE datasets DISABLE ROW LEVEL SECURITY")
    scene.refuses("DROP POLICY seen ON datasets")
    scene.refuses("CREATE POLICY mine ON datasets USING (true)")


def test_rights_cannot_be_granted_to_oneself(scene: Scene) -> None:
    me = scene.mallory.user
    scene.refuses(f'GRANT postgres TO "{me}"')
    scene.refuses(f'GRANT hicognition_hub TO "{me}"')
    scene.refuses(f'ALTER ROLE "{me}" BYPASSRLS')
    scene.refuses(f'ALTER ROLE "{me}" CREATEROLE')
    scene.refuses(f"ALTER ROLE \"{scene.alice.user}\" PASSWORD 'x'")
    # who may read a table may say this; it grants nothing and only warns
    scene.raw.execute(f'GRANT DELETE ON catalog_state TO "{me}"'.encode())
    scene.refuses("DELETE FROM catalog_state")
    assert scene.rows("SELECT id FROM datasets WHERE NOT public") == []


def test_a_changed_search_path_fools_no_function(scene: Scene) -> None:
    scene.raw.execute("CREATE TEMP TABLE users (name text)")
    scene.raw.execute("CREATE TEMP TABLE group_members (group_id bigint, member text)")
    scene.raw.execute(
        "CREATE TEMP TABLE shares AS SELECT 1::bigint id, 'session'::text kind,"
        f" {scene.session}::bigint object_id, NULL::timestamptz revoked,"
        " NULL::timestamptz expires, session_user::text grantee, 1::bigint group_id,"
        f" '{scene.alice.user}'::text AS owner".encode()
    )
    scene.raw.execute("SET search_path = pg_temp, public, pg_catalog")
    scene.refuses("CREATE FUNCTION public.now() RETURNS timestamptz LANGUAGE sql AS 'SELECT 1'")
    assert scene.rows("SELECT * FROM public.sessions") == []
    assert scene.rows("SELECT public.hicognition_shared('session')") == []
    scene.refuses("CREATE TABLE public.planted (x int)")


def test_settings_of_a_session_change_nobody(scene: Scene) -> None:
    scene.raw.execute(f"SET hicognition.person = '{scene.alice.user}'".encode())
    scene.raw.execute("SET application_name = 'postgres'")
    assert scene.rows("SELECT id FROM datasets") == [(scene.public,)]


HOSTILE = [
    "", "'", '"; DROP TABLE datasets; --', "dataset", "\u202e", "x" * 10_000, "pg_catalog",
]  # fmt: skip


@pytest.mark.parametrize("argument", [*HOSTILE, None])
def test_definer_functions_with_hostile_arguments_tell_nothing(
    scene: Scene, argument: str | None
) -> None:
    assert scene.rows("SELECT hicognition_shared(%s)", argument) == []
    assert scene.rows("SELECT hicognition_open_session(%s)", argument) == [(None,)]
    for number in (scene.secret, -1, 2**62, None):
        (others,) = scene.rows("SELECT hicognition_others(%s, %s)", argument, number)
        assert others == (0,)
        (used,) = scene.rows("SELECT hicognition_referenced(%s, %s)", argument, number)
        assert used in ((False,), (None,))
        assert scene.rows("SELECT hicognition_sees_result(%s)", number) == [(False,)]
    assert len(scene.alice.datasets()) == 2


def test_what_the_hub_may_do_people_may_not(scene: Scene) -> None:
    scene.refuses("SELECT hicognition_forget(%s)", scene.alice.user)
    scene.refuses("SELECT hicognition_transfer(%s, session_user)", scene.alice.user)


def test_functions_run_by_name_only_for_people_who_belong(scene: Scene) -> None:
    open_to_all = scene.rows(
        "SELECT p.proname FROM pg_proc p WHERE p.pronamespace = 'public'::regnamespace"
        " AND starts_with(p.proname, 'hicognition') AND (p.proacl IS NULL OR EXISTS"
        " (SELECT FROM aclexplode(p.proacl) a WHERE a.grantee = 0))"
    )
    assert open_to_all == []


def test_files_and_programs_of_the_server_are_out_of_reach(scene: Scene) -> None:
    scene.refuses("SELECT pg_read_file('postgresql.conf')")
    scene.refuses("COPY datasets FROM PROGRAM 'true'")
    scene.refuses("COPY (SELECT 1) TO '/tmp/x'")
    scene.refuses("SELECT rolpassword FROM pg_authid")


def test_migrations_refuse_to_run_as_a_person(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    from hicognition_widgets.catalog import revisions

    monkeypatch.setattr(revisions, "REVISIONS", (*revisions.REVISIONS, "9999"))
    monkeypatch.setattr(revisions, "HEAD", "9999")
    address = make_url(scene.url).set(username=scene.mallory.user, password=scene.mallory.user)
    with pytest.raises(CatalogError, match=r"you are mallory.*`hicognition catalog upgrade`"):
        upgrade_catalog(address.render_as_string(hide_password=False))


# -- hearing ---------------------------------------------------------------------------


def test_notifications_carry_a_number_and_nothing_else(scene: Scene, make: Any) -> None:
    scene.raw.execute("LISTEN hicognition_catalog")
    make.regions(scene.alice, "very secret name")
    heard = [note.payload for note in scene.raw.notifies(timeout=60, stop_after=1)]
    assert len(heard) == 1
    assert heard[0].isdigit()


def test_a_forged_notification_is_not_believed(scene: Scene) -> None:
    heard: list[int] = []
    feed = scene.alice.on_change(heard.append)
    try:
        scene.raw.execute("SELECT pg_notify('hicognition_catalog', '<img onerror=alert(1)>')")
        scene.raw.execute("SELECT pg_notify('hicognition_catalog', '999999999')")
        scene.mallory.add_group("real", [])
        for _ in range(600):
            if heard:
                break
            time.sleep(0.1)
    finally:
        feed.stop()
    assert heard[-1:] == [scene.alice.version()]


# -- files -----------------------------------------------------------------------------

READER = """
import os, sys
os.setgroups([]); os.setgid(65534); os.setuid(65534)
for what in sys.argv[1:]:
    how, path = what.split(":", 1)
    try:
        if how == "list":
            os.listdir(path)
        elif how == "write":
            open(os.path.join(path, "planted"), "w").close()
        else:
            open(path, "rb").read()
        print("done")
    except PermissionError:
        print("refused")
    except FileNotFoundError:
        print("missing")
"""


@pytest.fixture
def shared_store() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="hicognition-store-"))
    folder.chmod(0o711)
    yield folder / "store"
    shutil.rmtree(folder)


def as_nobody(*what: str) -> list[str]:
    run = subprocess.run(
        [shutil.which("python3", path="/usr/bin:/bin") or sys.executable, "-c", READER, *what],
        capture_output=True, text=True, check=True, timeout=60, cwd="/",
    )  # fmt: skip
    return run.stdout.split()


only_root = pytest.mark.skipif(
    os.name == "nt" or os.geteuid() != 0, reason="only root can act as another Unix user"
)


@only_root
def test_files_of_a_shared_store_open_only_by_their_random_name(shared_store: Path) -> None:
    before = os.umask(0o077)  # whatever the person's own habits are
    try:
        store = Store(shared_store, "alice", shared=True)
        kept = store.write(
            {"values": np.arange(3.0)}, {}, key="k", request={"analysis": "pileup"}
        )
        private = Store(shared_store, "carol", shared=False)
        closed = private.write(
            {"values": np.arange(3.0)}, {}, key="k", request={"analysis": "pileup"}
        )
    finally:
        os.umask(before)
    folder = shared_store / kept.path
    guess = shared_store / "alice" / "results" / secrets.token_hex(16) / "values.npy"
    assert as_nobody(
        f"read:{folder / 'values.npy'}", f"list:{shared_store}",
        f"list:{shared_store / 'alice'}", f"list:{folder.parent}", f"list:{folder}",
        f"read:{guess}", f"write:{folder}", f"write:{folder.parent}",
        f"write:{shared_store / 'alice'}", f"list:{shared_store / 'alice' / 'unfinished'}",
        f"read:{shared_store / closed.path / 'values.npy'}",
    ) == [
        "done", "refused", "refused", "refused", "refused", "missing", "refused", "refused",
        "refused", "refused", "refused",
    ]  # fmt: skip


@only_root
def test_a_folder_that_somebody_else_made_is_not_written_to(shared_store: Path) -> None:
    Store(shared_store, "carol", shared=True).control.exists()
    squatted = shared_store / "alice"
    squatted.mkdir()
    os.chown(squatted, 65534, 65534)
    with pytest.raises(StoreError, match="belongs to another account"):
        Store(shared_store, "alice", shared=True).write(
            {"values": np.arange(3.0)}, {}, key="k", request={"analysis": "pileup"}
        )


def test_a_swapped_file_is_noticed_by_its_digest(tmp_path: Path) -> None:
    store = Store(tmp_path, "alice", shared=True)
    kept = store.write({"values": np.arange(3.0)}, {}, key="k", request={"analysis": "pileup"})
    np.save(tmp_path / kept.path / "values.npy", np.arange(3.0) + 1)
    with pytest.raises(StoreError, match="damaged"):
        Store(tmp_path, "bob", shared=True).read(kept.path, digest=kept.digest)
    forged = tmp_path / kept.path / "manifest.json"
    forged.write_text(forged.read_text().replace('"k"', '"j"'))
    with pytest.raises(StoreError, match="not the one that was recorded"):
        Store(tmp_path, "bob", shared=True).read(kept.path, digest=kept.digest)


@pytest.mark.parametrize(
    "path", ["../../etc/passwd", "/etc/passwd", "alice/../../x", "alice/files/x", ""]
)
def test_a_recorded_path_cannot_leave_the_store(tmp_path: Path, path: str) -> None:
    with pytest.raises(StoreError, match=r"not (a result of|in) the store"):
        Store(tmp_path, "bob", shared=True).read(path)


def test_the_path_and_digest_of_a_large_result_come_with_the_session(
    scene: Scene, make: Any
) -> None:
    artifact = f"{scene.alice.user}/results/{secrets.token_hex(16)}"
    make.result(scene.alice, "large", scene.secret, artifact=artifact)
    assert scene.rows("SELECT artifact FROM results") == []
    scene.mallory.open_session(scene.token)
    found = scene.mallory.find_result("large")
    assert found is not None
    assert found.artifact == artifact
