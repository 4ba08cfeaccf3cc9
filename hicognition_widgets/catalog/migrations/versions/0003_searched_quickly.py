"""Datasets are found by sample, repository and source, and quickly under row security.

Frozen: later changes are migrations of their own.

Under row security a table's own index on metadata is of little use: the policy of every
field asks for its dataset, whose policy asks for what was granted. Functions of the tables'
owner look fields and words up first and ask once which of the datasets found are seen. They
tell nothing about others. The policy of datasets asks who is there once per query, not per row.

Parts of words are found by their triples of letters, in an index of what every server has.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

PEOPLE = "hicognition_people"

ME = "(SELECT (session_user)::text)"

SEEN = f"""
    public OR owner = {ME} OR id IN (SELECT hicognition_granted_datasets())
    OR deleted IS NOT NULL AND id IN (SELECT hicognition_dataset_tombstones())
"""

SEEN_BY_ME = f"""d.deleted IS NULL AND (
        d.public OR d.owner = {ME} OR d.id IN (SELECT hicognition_granted_datasets()))"""

# Letters are split once: to count to the n-th letter of a long text again for each takes long.
TRIGRAMS = """
CREATE FUNCTION hicognition_trigrams(content text) RETURNS text[]
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT coalesce(array_agg(DISTINCT (a || b || c) COLLATE "C"), '{}'::text[]) FROM (
        SELECT letter AS a, lead(letter) OVER following AS b,
            lead(letter, 2) OVER following AS c
        FROM unnest(string_to_array(content, NULL)) WITH ORDINALITY AS split (letter, place)
        WINDOW following AS (ORDER BY place)
    ) triples WHERE c IS NOT NULL
$$
"""

# Datasets whose text holds all words, in any order, and no more than so many.
MATCHING = f"""
CREATE FUNCTION hicognition_matching(words text[], most bigint) RETURNS SETOF bigint
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = {{schema}}, pg_temp AS $$
DECLARE
    wanted text[] := ARRAY(SELECT DISTINCT unnest(hicognition_trigrams(word))
        FROM unnest(words) AS word);
BEGIN
    RETURN QUERY SELECT d.id FROM datasets d
        WHERE hicognition_trigrams(d.search_text) @> wanted
        AND NOT EXISTS (
            SELECT FROM unnest(words) AS word WHERE strpos(d.search_text, word) = 0)
        AND {SEEN_BY_ME}
        LIMIT most;
END
$$
"""

# Fields and the values they need to have, pairwise; a value that is NULL stands for any. The
# query is written out, as only a plan for these values knows how few there are.
DESCRIBED = f"""
CREATE FUNCTION hicognition_described(fields text[], wanted text[]) RETURNS SETOF bigint
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = {{schema}}, pg_temp AS $$
DECLARE
    described text;
BEGIN
    SELECT string_agg(
        'SELECT dataset_id FROM dataset_metadata WHERE key = ' || quote_literal(key)
            || coalesce(' AND value_key = ' || quote_literal(value), ''), ' INTERSECT ')
        INTO described FROM unnest(fields, wanted) AS asked (key, value);
    IF described IS NULL THEN
        RETURN;
    END IF;
    RETURN QUERY EXECUTE
        'SELECT d.id FROM (' || described || ') found'
        ' JOIN datasets d ON d.id = found.dataset_id WHERE {SEEN_BY_ME}';
END
$$
"""

# Different values of one field, in order: from one to the next through the index, however
# many datasets have it. Enough is looked at when most of what others alone see was passed.
VALUES = f"""
CREATE FUNCTION hicognition_metadata_values(field text, most bigint) RETURNS SETOF text
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = {{schema}}, pg_temp AS $$
DECLARE
    granted bigint[] := ARRAY(SELECT hicognition_granted_datasets());
    at text := '';
    shown text;
BEGIN
    FOR looked IN 1 .. 20 * most LOOP
        EXIT WHEN most = 0;
        SELECT min(m.value_key) INTO at FROM dataset_metadata m
            WHERE m.key = field AND m.value_key > at;
        EXIT WHEN at IS NULL;
        SELECT m.value INTO shown FROM dataset_metadata m JOIN datasets d ON d.id = m.dataset_id
            WHERE m.key = field AND m.value_key = at AND d.deleted IS NULL
            AND (d.public OR d.owner = {ME} OR d.id = ANY (granted))
            LIMIT 1;
        IF FOUND THEN
            RETURN NEXT shown;
            most := most - 1;
        END IF;
    END LOOP;
END
$$
"""

datasets = sa.table(
    "datasets",
    sa.column("id", sa.BigInteger),
    sa.column("search_text", sa.Text),
    sa.column("repository", sa.Text),
    sa.column("source_url", sa.Text),
    sa.column("deleted", sa.DateTime),
)


def upgrade() -> None:
    op.create_index("ix_datasets_sample_id", "datasets", ["sample_id", "id"])
    op.create_index("ix_datasets_repository", "datasets", ["repository", "name_key", "id"])
    bind = op.get_bind()
    _search_sources(bind)
    if bind.dialect.name != "postgresql":
        return
    schema = bind.execute(sa.text("SELECT quote_ident(current_schema())")).scalar_one()
    run = bind.exec_driver_sql
    run(f"ALTER POLICY seen ON {schema}.datasets USING ({SEEN})")
    run(TRIGRAMS)
    run(
        f"CREATE INDEX ix_datasets_trigrams ON {schema}.datasets"
        " USING gin (hicognition_trigrams(search_text))"
    )
    for definition in (MATCHING, DESCRIBED, VALUES):
        run(definition.format(schema=schema))
    for signature in (
        # Whoever adds a row computes what the index holds of it.
        "hicognition_trigrams(content text)",
        "hicognition_matching(words text[], most bigint)",
        "hicognition_described(fields text[], wanted text[])",
        "hicognition_metadata_values(field text, most bigint)",
    ):
        run(f"REVOKE ALL ON FUNCTION {schema}.{signature} FROM PUBLIC")
        run(f"GRANT EXECUTE ON FUNCTION {schema}.{signature} TO {PEOPLE}")


def _search_sources(bind: sa.Connection) -> None:
    """Let datasets be found by words of where they come from."""
    sourced = sa.or_(datasets.c.repository.is_not(None), datasets.c.source_url.is_not(None))
    for row in bind.execute(
        sa.select(datasets).where(datasets.c.deleted.is_(None), sourced)
    ).all():
        parts = [row.search_text, row.repository or "", row.source_url or ""]
        text = "\n".join(part.casefold() for part in parts if part)
        bind.execute(
            sa.update(datasets).where(datasets.c.id == row.id).values(search_text=text)
        )
