"""What lives in the PostgreSQL database besides tables is what was reviewed.

The reviewed state is ``server_objects.json``. After a migration that is meant to change it,
write it anew with ``HICOGNITION_WRITE_SERVER_OBJECTS=1`` and read the difference.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from hicognition_widgets.catalog import upgrade_catalog
from hicognition_widgets.catalog.engine import Database
from hicognition_widgets.catalog.revisions import REVISIONS

REVIEWED = Path(__file__).parent / "server_objects.json"

QUESTIONS = {
    "functions": """
        SELECT p.oid::regprocedure::text, pg_get_functiondef(p.oid) || coalesce(
            ' ACL ' || array_to_string(ARRAY(
                SELECT coalesce(r.rolname, 'PUBLIC') || ':' || a.privilege_type
                FROM aclexplode(p.proacl) a LEFT JOIN pg_roles r ON r.oid = a.grantee
                WHERE a.grantee <> p.proowner ORDER BY 1
            ), ','), '')
        FROM pg_proc p WHERE p.pronamespace = 'public'::regnamespace
            AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')
    """,
    "triggers": """
        SELECT c.relname || '.' || t.tgname,
            pg_get_triggerdef(t.oid) || ' ' || t.tgenabled::text
        FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
        WHERE NOT t.tgisinternal AND c.relnamespace = 'public'::regnamespace
    """,
    "policies": """
        SELECT tablename || '.' || policyname,
            permissive || ' ' || cmd || ' TO ' || array_to_string(roles, ',')
            || coalesce(' USING ' || qual, '') || coalesce(' CHECK ' || with_check, '')
        FROM pg_policies WHERE schemaname = 'public'
    """,
    "row security": """
        SELECT relname, CASE WHEN relrowsecurity THEN 'on' ELSE 'off' END
            || CASE WHEN relforcerowsecurity THEN ', forced' ELSE '' END
        FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
    """,
    "views": """
        SELECT viewname, definition FROM pg_views WHERE schemaname = 'public'
    """,
    # Of all roles but the owner: on whole tables, on single columns, on sequences.
    "rights": """
        SELECT c.relname || ' ' || coalesce(r.rolname, 'PUBLIC'),
            string_agg(a.privilege_type, ',' ORDER BY a.privilege_type)
        FROM pg_class c CROSS JOIN aclexplode(c.relacl) a
            LEFT JOIN pg_roles r ON r.oid = a.grantee
        WHERE a.grantee <> c.relowner AND c.relnamespace = 'public'::regnamespace
        GROUP BY 1
    """,
    "rights on columns": """
        SELECT c.relname || ' ' || coalesce(r.rolname, 'PUBLIC') || ' ' || a.privilege_type,
            string_agg(t.attname, ',' ORDER BY t.attname)
        FROM pg_attribute t JOIN pg_class c ON c.oid = t.attrelid
            CROSS JOIN aclexplode(t.attacl) a LEFT JOIN pg_roles r ON r.oid = a.grantee
        WHERE a.grantee <> c.relowner AND c.relnamespace = 'public'::regnamespace
        GROUP BY 1
    """,
}


def live_objects(url: str) -> dict[str, dict[str, str]]:
    """Functions, triggers, policies and rights, as the database spells them."""
    database = Database(url)
    with database.engine.connect() as connection:
        found: dict[str, Any] = {
            kind: {
                str(name): " ".join(str(definition).split())
                for name, definition in sorted(connection.execute(text(question)))
            }
            for kind, question in QUESTIONS.items()
        }
    database.close()
    return found


@pytest.mark.postgres
def test_what_a_new_catalog_holds_was_reviewed(postgres_url: str) -> None:
    found = live_objects(postgres_url)
    if os.environ.get("HICOGNITION_WRITE_SERVER_OBJECTS"):
        REVIEWED.write_text(json.dumps(found, indent=1, ensure_ascii=True) + "\n")
    assert found == json.loads(REVIEWED.read_text())


@pytest.mark.postgres
@pytest.mark.parametrize("revision", REVISIONS)
def test_an_upgraded_catalog_holds_the_same(
    empty_postgres: str, revision: str, load_dump
) -> None:
    load_dump(empty_postgres, revision)
    upgrade_catalog(empty_postgres)
    assert live_objects(empty_postgres) == json.loads(REVIEWED.read_text())


@pytest.mark.postgres
@pytest.mark.parametrize(
    "change",
    [
        "CREATE OR REPLACE FUNCTION hicognition_bump() RETURNS bigint LANGUAGE sql "
        "AS 'SELECT 1::bigint'",
        """DO $$ BEGIN
            IF (SELECT relrowsecurity FROM pg_class WHERE relname = 'jobs')
            THEN ALTER TABLE jobs DISABLE ROW LEVEL SECURITY;
            ELSE ALTER TABLE jobs ENABLE ROW LEVEL SECURITY; END IF;
        END $$""",
        "CREATE POLICY extra ON datasets USING (true)",
        "GRANT SELECT, DELETE, TRUNCATE ON users TO PUBLIC",
        """DO $$ BEGIN
            CREATE FUNCTION extra() RETURNS trigger LANGUAGE plpgsql
                AS 'BEGIN RETURN NULL; END';
            CREATE TRIGGER extra AFTER INSERT ON jobs EXECUTE FUNCTION extra();
        END $$""",
    ],
)
def test_every_difference_is_seen(postgres_url: str, change: str) -> None:
    before = live_objects(postgres_url)
    database = Database(postgres_url)
    with database.engine.connect() as connection:
        connection.exec_driver_sql(change)
        connection.commit()
    database.close()
    assert live_objects(postgres_url) != before
