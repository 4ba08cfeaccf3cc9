"""On PostgreSQL: who may see and change which row, held by the database itself.

Frozen: later changes are migrations of their own. Nothing changes on SQLite, whose rules
are those of :mod:`hicognition_widgets.catalog.rights` alone.

Every person is a login role in the group role ``hicognition_people`` and owns no table.
The tables' owner is another role; it is not bound by the policies, as the functions below,
which answer what policies ask across tables, run as that role. They ask `session_user`,
which stays the person's role inside them and which nobody but a superuser can change.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy import Connection

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

PEOPLE = "hicognition_people"
HUB = "hicognition_hub"

ME = "(session_user)::text"

# What people may insert and update; numbers are given by the database, and owners stay.
NUMBERED = (
    "groups", "shares", "organisms", "assemblies", "datasets", "annotations", "collections",
    "sessions", "jobs", "tasks", "results",
)  # fmt: skip
FIXED = {"id", "owner"}
UPDATABLE: dict[str, tuple[str, ...] | None] = {
    # None: every column but those that stay
    "users": ("full_name",),
    "groups": None,
    "group_members": (),
    "shares": ("expires", "revoked"),
    "share_openings": (),
    "organisms": (),
    "assemblies": None,
    "chromosomes": None,
    "arms": None,
    "datasets": None,
    "dataset_metadata": ("type", "value", "value_key"),
    "dataset_parents": (),
    "annotations": None,
    "collections": None,
    "collection_members": ("position",),
    "sessions": None,
    "session_collections": ("position",),
    "session_datasets": ("position",),
    "jobs": None,
    "tasks": None,
    "results": ("request", "meta", "artifact", "digest", "size", "payload"),
    "result_inputs": ("position",),
}
ONLY_READ = ("alembic_version", "catalog_state", "repositories")
NOT_INSERTED = ("share_openings",)  # only by opening a link

ROLES = """
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = '{role}') THEN
        CREATE ROLE {role} NOLOGIN;
    END IF;
EXCEPTION WHEN duplicate_object OR unique_violation THEN
    NULL;  -- another catalog of this server was faster
END
$$
"""

# name and arguments, what it returns, its language and body
FUNCTIONS = [
    (
        "hicognition_my_groups()", "SETOF bigint",
        f"SELECT group_id FROM group_members WHERE member = {ME}",
    ),
    (
        "hicognition_my_openings()", "SETOF bigint",
        f"SELECT share_id FROM share_openings WHERE opener = {ME}",
    ),
    (
        "hicognition_shared(wanted text)", "SETOF bigint",
        f"""
        SELECT s.object_id FROM shares s
        WHERE s.kind = wanted AND s.revoked IS NULL AND (s.expires IS NULL OR s.expires > now())
          AND (s.grantee = {ME} OR s.group_id IN (SELECT hicognition_my_groups())
               OR s.id IN (SELECT hicognition_my_openings()))
          AND CASE wanted
              WHEN 'dataset' THEN EXISTS
                  (SELECT FROM datasets o WHERE o.id = s.object_id AND o.owner = s.owner)
              WHEN 'collection' THEN EXISTS
                  (SELECT FROM collections o WHERE o.id = s.object_id AND o.owner = s.owner)
              WHEN 'session' THEN EXISTS
                  (SELECT FROM sessions o WHERE o.id = s.object_id AND o.owner = s.owner)
              ELSE false END
        """,
    ),
    (
        "hicognition_granted_collections()", "SETOF bigint",
        """
        SELECT hicognition_shared('collection')
        UNION ALL
        SELECT c.id FROM session_collections l
        JOIN sessions s ON s.id = l.session_id
        JOIN collections c ON c.id = l.collection_id AND c.owner = s.owner
        WHERE s.id IN (SELECT hicognition_shared('session'))
        """,
    ),
    (
        "hicognition_granted_datasets()", "SETOF bigint",
        """
        SELECT hicognition_shared('dataset')
        UNION ALL
        SELECT d.id FROM collection_members l
        JOIN collections c ON c.id = l.collection_id
        JOIN datasets d ON d.id = l.dataset_id AND d.owner = c.owner
        WHERE c.id IN (SELECT hicognition_granted_collections())
        UNION ALL
        SELECT d.id FROM session_datasets l
        JOIN sessions s ON s.id = l.session_id
        JOIN datasets d ON d.id = l.dataset_id AND d.owner = s.owner
        WHERE s.id IN (SELECT hicognition_shared('session'))
        """,
    ),
    (
        "hicognition_sees_result(wanted bigint)", "boolean",
        f"""
        SELECT EXISTS (SELECT FROM results r WHERE r.id = wanted AND r.owner = {ME})
            OR EXISTS (SELECT FROM result_inputs i WHERE i.result_id = wanted)
               AND NOT EXISTS (
                   SELECT FROM result_inputs i JOIN datasets d ON d.id = i.dataset_id
                   WHERE i.result_id = wanted
                   AND NOT (d.owner = {ME} OR d.public
                            OR d.id IN (SELECT hicognition_granted_datasets()))
               )
        """,
    ),
    (
        # What is left of deleted datasets, in the collections and sessions that one sees.
        "hicognition_dataset_tombstones()", "SETOF bigint",
        f"""
        SELECT d.id FROM datasets d WHERE d.deleted IS NOT NULL AND (
            EXISTS (
                SELECT FROM collection_members l JOIN collections c ON c.id = l.collection_id
                WHERE l.dataset_id = d.id AND (c.owner = {ME} OR c.public
                    OR c.id IN (SELECT hicognition_granted_collections())))
            OR EXISTS (
                SELECT FROM session_datasets l JOIN sessions s ON s.id = l.session_id
                WHERE l.dataset_id = d.id AND (s.owner = {ME} OR s.public
                    OR s.id IN (SELECT hicognition_shared('session')))))
        """,
    ),
    (
        "hicognition_collection_tombstones()", "SETOF bigint",
        f"""
        SELECT c.id FROM collections c WHERE c.deleted IS NOT NULL AND EXISTS (
            SELECT FROM session_collections l JOIN sessions s ON s.id = l.session_id
            WHERE l.collection_id = c.id AND (s.owner = {ME} OR s.public
                OR s.id IN (SELECT hicognition_shared('session'))))
        """,
    ),
    (
        # In how many things of others something of one's own is; 0 for what is not one's own.
        "hicognition_others(wanted text, number bigint)", "bigint",
        f"""
        SELECT CASE wanted
        WHEN 'dataset' THEN
            (SELECT count(*) FROM collection_members l
             JOIN collections c ON c.id = l.collection_id AND c.deleted IS NULL
             JOIN datasets d ON d.id = l.dataset_id
             WHERE l.dataset_id = number AND d.owner = {ME} AND c.owner <> {ME})
            + (SELECT count(*) FROM session_datasets l JOIN sessions s ON s.id = l.session_id
               JOIN datasets d ON d.id = l.dataset_id
               WHERE l.dataset_id = number AND d.owner = {ME} AND s.owner <> {ME})
        WHEN 'collection' THEN
            (SELECT count(*) FROM session_collections l JOIN sessions s ON s.id = l.session_id
             JOIN collections c ON c.id = l.collection_id
             WHERE l.collection_id = number AND c.owner = {ME} AND s.owner <> {ME})
        ELSE 0 END
        """,
    ),
    (
        # Whether anything refers to something of one's own, seen or not.
        "hicognition_referenced(wanted text, number bigint)", "boolean",
        f"""
        SELECT CASE wanted
        WHEN 'dataset' THEN
            EXISTS (SELECT FROM datasets WHERE id = number AND owner = {ME})
            AND (EXISTS (SELECT FROM collection_members WHERE dataset_id = number)
                 OR EXISTS (SELECT FROM session_datasets WHERE dataset_id = number)
                 OR EXISTS (SELECT FROM result_inputs WHERE dataset_id = number)
                 OR EXISTS (SELECT FROM annotations WHERE dataset_id = number))
        WHEN 'collection' THEN
            EXISTS (SELECT FROM collections WHERE id = number AND owner = {ME})
            AND EXISTS (SELECT FROM session_collections WHERE collection_id = number)
        WHEN 'assembly' THEN
            EXISTS (SELECT FROM assemblies WHERE id = number AND owner = {ME})
            AND (EXISTS (SELECT FROM datasets WHERE assembly_id = number)
                 OR EXISTS (SELECT FROM collections WHERE assembly_id = number))
        ELSE false END
        """,
    ),
]  # fmt: skip

# Takes the secret, not its hash: a hash that leaks opens nothing.
OPEN_SESSION = """
CREATE FUNCTION hicognition_open_session(token text) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = {schema}, pg_temp AS $$
DECLARE
    link record;
BEGIN
    SELECT s.id, s.object_id INTO link FROM shares s
    JOIN sessions o ON o.id = s.object_id AND o.owner = s.owner
    WHERE s.kind = 'session' AND s.revoked IS NULL
      AND (s.expires IS NULL OR s.expires > now())
      AND s.token_hash = encode(sha256(convert_to(token, 'UTF8')), 'hex');
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;
    INSERT INTO share_openings (share_id, opener, opened)
    VALUES (link.id, session_user, now()) ON CONFLICT DO NOTHING;
    RETURN link.object_id;
END
$$
"""

MINE = f"owner = {ME}"
OWN_DATASET = f"EXISTS (SELECT FROM datasets d WHERE d.id = dataset_id AND d.owner = {ME})"
SEEN_DATASET = "EXISTS (SELECT FROM datasets d WHERE d.id = dataset_id)"
OWN_ASSEMBLY = f"EXISTS (SELECT FROM assemblies a WHERE a.id = assembly_id AND a.owner = {ME})"
OWN_GROUP = f"EXISTS (SELECT FROM groups g WHERE g.id = group_id AND g.owner = {ME})"
OWN_COLLECTION = (
    f"EXISTS (SELECT FROM collections c WHERE c.id = collection_id AND c.owner = {ME})"
)
SEEN_COLLECTION = "EXISTS (SELECT FROM collections c WHERE c.id = collection_id)"
OWN_SESSION = f"EXISTS (SELECT FROM sessions s WHERE s.id = session_id AND s.owner = {ME})"
SEEN_SESSION = "EXISTS (SELECT FROM sessions s WHERE s.id = session_id)"
OWN_JOB = f"EXISTS (SELECT FROM jobs j WHERE j.id = job_id AND j.owner = {ME})"
OWN_RESULT = f"EXISTS (SELECT FROM results r WHERE r.id = result_id AND r.owner = {ME})"
OWN_OBJECT = f"""CASE kind
    WHEN 'dataset' THEN
        EXISTS (SELECT FROM datasets o WHERE o.id = object_id AND o.owner = {ME})
    WHEN 'collection' THEN
        EXISTS (SELECT FROM collections o WHERE o.id = object_id AND o.owner = {ME})
    WHEN 'session' THEN
        EXISTS (SELECT FROM sessions o WHERE o.id = object_id AND o.owner = {ME})
    ELSE false END"""

# table: who sees a row, who may insert it, who may update and delete it
POLICIES = {
    "users": ("true", f"name = {ME}", f"name = {ME}"),
    "groups": ("true", MINE, MINE),
    "group_members": (
        f"member = {ME} OR group_id IN (SELECT hicognition_my_groups()) OR {OWN_GROUP}",
        OWN_GROUP,
        OWN_GROUP,
    ),
    "shares": (
        f"{MINE} OR grantee = {ME} OR group_id IN (SELECT hicognition_my_groups())"
        " OR id IN (SELECT hicognition_my_openings())",
        f"{MINE} AND {OWN_OBJECT}",
        MINE,
    ),
    "share_openings": (
        f"opener = {ME}"
        f" OR EXISTS (SELECT FROM shares s WHERE s.id = share_id AND s.owner = {ME})",
        "false",
        "false",
    ),
    "organisms": ("true", "true", "false"),
    "assemblies": ("true", MINE, MINE),
    "chromosomes": ("true", OWN_ASSEMBLY, OWN_ASSEMBLY),
    "arms": ("true", OWN_ASSEMBLY, OWN_ASSEMBLY),
    "datasets": (
        f"{MINE} OR public OR id IN (SELECT hicognition_granted_datasets())"
        " OR deleted IS NOT NULL AND id IN (SELECT hicognition_dataset_tombstones())",
        MINE,
        MINE,
    ),
    "dataset_metadata": (SEEN_DATASET, OWN_DATASET, OWN_DATASET),
    "dataset_parents": (SEEN_DATASET, OWN_DATASET, OWN_DATASET),
    "annotations": (
        f"{MINE} OR EXISTS (SELECT FROM datasets d"
        " WHERE d.id = dataset_id AND d.owner = annotations.owner)",
        f"{MINE} AND {SEEN_DATASET}",
        MINE,
    ),
    "collections": (
        f"{MINE} OR public OR id IN (SELECT hicognition_granted_collections())"
        " OR deleted IS NOT NULL AND id IN (SELECT hicognition_collection_tombstones())",
        MINE,
        MINE,
    ),
    "collection_members": (
        SEEN_COLLECTION,
        f"{OWN_COLLECTION} AND {SEEN_DATASET}",
        OWN_COLLECTION,
    ),
    "sessions": (
        f"{MINE} OR public OR id IN (SELECT hicognition_shared('session'))",
        MINE,
        MINE,
    ),
    "session_collections": (
        SEEN_SESSION,
        f"{OWN_SESSION} AND {SEEN_COLLECTION}",
        OWN_SESSION,
    ),
    "session_datasets": (SEEN_SESSION, f"{OWN_SESSION} AND {SEEN_DATASET}", OWN_SESSION),
    "jobs": (MINE, MINE, MINE),
    "tasks": (OWN_JOB, OWN_JOB, OWN_JOB),
    "results": (f"{MINE} OR hicognition_sees_result(id)", MINE, MINE),
    "result_inputs": (
        "hicognition_sees_result(result_id)",
        f"{OWN_RESULT} AND {SEEN_DATASET}",
        OWN_RESULT,
    ),
    "repositories": ("true", "false", "false"),
    "catalog_state": ("true", "false", "false"),
    "alembic_version": ("true", "false", "false"),
}

# For whoever runs the hub: what becomes of the data of somebody who leaves.
TRANSFER = """
CREATE FUNCTION hicognition_transfer(old_owner text, new_owner text) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = {schema}, pg_temp AS $$
DECLARE
    moved bigint := 0;
    part bigint;
    what text;
BEGIN
    IF old_owner IS NULL OR new_owner IS NULL OR old_owner = new_owner THEN
        RAISE EXCEPTION 'two different owners are needed';
    END IF;
    IF NOT EXISTS (SELECT FROM users WHERE name = new_owner) THEN
        INSERT INTO users (name, full_name, created) VALUES (new_owner, '', now());
    END IF;
    -- Computed anew when it is asked for: results are trusted by who made them.
    DELETE FROM results WHERE owner = old_owner;
    DELETE FROM jobs WHERE owner = old_owner;
    DELETE FROM share_openings WHERE opener = old_owner;
    DELETE FROM group_members WHERE member = old_owner;
    DELETE FROM shares WHERE grantee = old_owner;
    DELETE FROM shares WHERE owner = old_owner AND grantee = new_owner;
    UPDATE datasets d SET name = left(d.name, 380) || ' (' || old_owner || ', ' || d.id || ')'
        WHERE d.owner = old_owner AND d.deleted IS NULL AND EXISTS (SELECT FROM datasets o
            WHERE o.owner = new_owner AND o.kind = d.kind AND o.name = d.name
            AND o.deleted IS NULL);
    UPDATE collections d
        SET name = left(d.name, 380) || ' (' || old_owner || ', ' || d.id || ')'
        WHERE d.owner = old_owner AND d.deleted IS NULL AND EXISTS (SELECT FROM collections o
            WHERE o.owner = new_owner AND o.kind = d.kind AND o.name = d.name
            AND o.deleted IS NULL);
    UPDATE sessions d SET name = left(d.name, 380) || ' (' || old_owner || ', ' || d.id || ')'
        WHERE d.owner = old_owner AND EXISTS (SELECT FROM sessions o
            WHERE o.owner = new_owner AND o.name = d.name);
    UPDATE assemblies d SET name = left(d.name, 380) || ' (' || old_owner || ', ' || d.id || ')'
        WHERE d.owner = old_owner AND EXISTS (SELECT FROM assemblies o
            WHERE o.owner = new_owner AND o.name = d.name);
    UPDATE annotations d
        SET name = left(d.name, 380) || ' (' || old_owner || ', ' || d.id || ')'
        WHERE d.owner = old_owner AND EXISTS (SELECT FROM annotations o
            WHERE o.owner = new_owner AND o.dataset_id = d.dataset_id AND o.name = d.name);
    FOREACH what IN ARRAY ARRAY['datasets', 'collections', 'sessions', 'assemblies',
                                'annotations', 'groups', 'shares'] LOOP
        EXECUTE 'UPDATE ' || quote_ident(what) || ' SET owner = $1 WHERE owner = $2'
            USING new_owner, old_owner;
        GET DIAGNOSTICS part = ROW_COUNT;
        moved := moved + part;
    END LOOP;
    DELETE FROM users WHERE name = old_owner;
    PERFORM hicognition_bump();
    RETURN moved;
END
$$
"""

FORGET = """
CREATE FUNCTION hicognition_forget(old_owner text) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = {schema}, pg_temp AS $$
DECLARE
    gone bigint := 0;
    part bigint;
    what text;
BEGIN
    IF old_owner IS NULL THEN
        RAISE EXCEPTION 'an owner is needed';
    END IF;
    DELETE FROM share_openings WHERE opener = old_owner;
    DELETE FROM group_members WHERE member = old_owner;
    DELETE FROM shares WHERE grantee = old_owner;
    FOREACH what IN ARRAY ARRAY['shares', 'groups', 'results', 'jobs', 'sessions',
                                'annotations'] LOOP
        EXECUTE 'DELETE FROM ' || quote_ident(what) || ' WHERE owner = $1' USING old_owner;
        GET DIAGNOSTICS part = ROW_COUNT;
        gone := gone + part;
    END LOOP;
    -- Where others show it, its name, kind and assembly stay and say that it was deleted.
    DELETE FROM collection_members l USING collections c
        WHERE c.id = l.collection_id AND c.owner = old_owner;
    DELETE FROM collections c WHERE c.owner = old_owner
        AND NOT EXISTS (SELECT FROM session_collections l WHERE l.collection_id = c.id);
    GET DIAGNOSTICS part = ROW_COUNT;
    gone := gone + part;
    UPDATE collections SET deleted = now(), public = false, description = '', search_text = ''
        WHERE owner = old_owner AND deleted IS NULL;
    DELETE FROM datasets d WHERE d.owner = old_owner
        AND NOT EXISTS (SELECT FROM collection_members l WHERE l.dataset_id = d.id)
        AND NOT EXISTS (SELECT FROM session_datasets l WHERE l.dataset_id = d.id);
    GET DIAGNOSTICS part = ROW_COUNT;
    gone := gone + part;
    DELETE FROM dataset_metadata m USING datasets d
        WHERE d.id = m.dataset_id AND d.owner = old_owner;
    UPDATE datasets SET deleted = now(), public = false, managed = false, path = '',
            fingerprint = '', description = '', search_text = '', origin = NULL,
            sample_id = NULL, source_url = NULL, repository = NULL
        WHERE owner = old_owner AND deleted IS NULL;
    -- Assemblies that others use stay.
    DELETE FROM assemblies a WHERE a.owner = old_owner
        AND NOT EXISTS (SELECT FROM datasets d WHERE d.assembly_id = a.id)
        AND NOT EXISTS (SELECT FROM collections c WHERE c.assembly_id = a.id);
    DELETE FROM users WHERE name = old_owner;
    PERFORM hicognition_bump();
    RETURN gone;
END
$$
"""


def upgrade() -> None:
    bind = op.get_bind()
    if bind.dialect.name != "postgresql":
        return
    schema = bind.execute(sa.text("SELECT quote_ident(current_schema())")).scalar_one()
    run = bind.exec_driver_sql
    for role in (PEOPLE, HUB):
        run(ROLES.format(role=role))
    run(f"REVOKE CREATE ON SCHEMA {schema} FROM PUBLIC, {PEOPLE}, {HUB}")
    run(f"GRANT USAGE ON SCHEMA {schema} TO {PEOPLE}, {HUB}")
    for signature, returns, body in FUNCTIONS:
        run(
            f"CREATE FUNCTION {signature} RETURNS {returns} LANGUAGE sql STABLE"
            f" SECURITY DEFINER SET search_path = {schema}, pg_temp AS $${body}$$"
        )
    for definition in (OPEN_SESSION, TRANSFER, FORGET):
        run(definition.format(schema=schema))
    for table in POLICIES:
        _protect(bind, f"{schema}.{table}", table)
    run(f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA {schema} TO {PEOPLE}")
    people = [signature for signature, _, _ in FUNCTIONS]
    people += ["hicognition_open_session(token text)", "hicognition_bump()"]
    hub = [
        "hicognition_transfer(old_owner text, new_owner text)",
        "hicognition_forget(old_owner text)",
    ]
    for signatures, role in ((people, PEOPLE), (hub, HUB)):
        for signature in signatures:
            run(f"REVOKE ALL ON FUNCTION {schema}.{signature} FROM PUBLIC")
            run(f"GRANT EXECUTE ON FUNCTION {schema}.{signature} TO {role}")


def _protect(bind: Connection, name: str, table: str) -> None:
    """Row-level security on one table, and no more rights than its policies need."""
    run = bind.exec_driver_sql
    seen, inserted, changed = POLICIES[table]
    run(f"REVOKE ALL ON {name} FROM PUBLIC, {PEOPLE}")
    run(f"GRANT SELECT ON {name} TO {PEOPLE}")
    run(f"ALTER TABLE {name} ENABLE ROW LEVEL SECURITY")
    run(f"CREATE POLICY seen ON {name} FOR SELECT TO {PEOPLE} USING ({seen})")
    if table in ONLY_READ:
        return
    columns = [
        str(row[0])
        for row in bind.execute(
            sa.text(
                "SELECT quote_ident(column_name) FROM information_schema.columns"
                " WHERE table_schema = current_schema() AND table_name = :table"
            ),
            {"table": table},
        )
    ]
    if table not in NOT_INSERTED:
        given = [c for c in columns if c != "id" or table not in NUMBERED]
        run(f"GRANT INSERT ({', '.join(given)}) ON {name} TO {PEOPLE}")
        run(f"CREATE POLICY added ON {name} FOR INSERT TO {PEOPLE} WITH CHECK ({inserted})")
    chosen = UPDATABLE[table]
    updatable = [c for c in columns if c not in FIXED] if chosen is None else list(chosen)
    if updatable:
        run(f"GRANT UPDATE ({', '.join(updatable)}) ON {name} TO {PEOPLE}")
        # A row that moves to another parent has to be allowed there too.
        run(
            f"CREATE POLICY changed ON {name} FOR UPDATE TO {PEOPLE}"
            f" USING ({changed}) WITH CHECK (({changed}) AND ({inserted}))"
        )
    if changed != "false":
        run(f"GRANT DELETE ON {name} TO {PEOPLE}")
        run(f"CREATE POLICY deleted ON {name} FOR DELETE TO {PEOPLE} USING ({changed})")
