"""The first tables.

Frozen: later changes are migrations of their own.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
WHEN = sa.DateTime(timezone=True)
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
SORT_KEY = sa.String(200).with_variant(sa.String(200, collation="C"), "postgresql")

REPOSITORIES = [
    {
        "name": "4dn",
        "url": "https://data.4dnucleome.org/{href}",
        "file_url": "https://data.4dnucleome.org/files-processed/{id}",
        "auth_required": False,
    },
    {
        "name": "encode",
        "url": "https://www.encodeproject.org/{href}",
        "file_url": "https://www.encodeproject.org/files/{id}",
        "auth_required": False,
    },
]

# People may not change the counter's table themselves, only raise it by one.
BUMP = """
CREATE FUNCTION hicognition_bump() RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = {schema}, pg_temp AS $$
DECLARE
    raised bigint;
BEGIN
    UPDATE catalog_state SET version = version + 1 RETURNING version INTO raised;
    PERFORM pg_notify('hicognition_catalog', raised::text);
    RETURN raised;
END
$$
"""


def upgrade() -> None:
    _people_and_genomes()
    _datasets()
    _collections_and_sessions()
    _results_and_jobs()
    state = sa.table("catalog_state", sa.column("id"), sa.column("version"))
    op.bulk_insert(state, [{"id": 1, "version": 0}])
    repositories = sa.table("repositories", *(sa.column(name) for name in REPOSITORIES[0]))
    op.bulk_insert(repositories, REPOSITORIES)
    bind = op.get_bind()
    if bind.dialect.name == "postgresql":
        schema = bind.execute(sa.text("SELECT quote_ident(current_schema())")).scalar_one()
        op.execute(BUMP.format(schema=schema))


def _people_and_genomes() -> None:
    op.create_table(
        "catalog_state",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_catalog_state"),
    )
    op.create_table(
        "groups",
        sa.Column("name", sa.String(512), nullable=False),
        sa.Column("owner", sa.String(63), nullable=False),
        sa.Column("created", WHEN, nullable=False),
        sa.Column("updated", WHEN, nullable=False),
        sa.Column("id", BIG, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_groups"),
        sa.UniqueConstraint("name", name="uq_groups_name"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "organisms",
        sa.Column("name", sa.String(512), nullable=False),
        sa.Column("id", BIG, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_organisms"),
        sa.UniqueConstraint("name", name="uq_organisms_name"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "users",
        sa.Column("name", sa.String(63), nullable=False),
        sa.Column("full_name", sa.String(512), nullable=False),
        sa.Column("created", WHEN, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_users"),
    )
    op.create_table(
        "assemblies",
        sa.Column("name", sa.String(512), nullable=False),
        sa.Column("organism_id", BIG, nullable=True),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("owner", sa.String(63), nullable=False),
        sa.Column("created", WHEN, nullable=False),
        sa.Column("updated", WHEN, nullable=False),
        sa.Column("id", BIG, nullable=False),
        sa.ForeignKeyConstraint(
            ["organism_id"],
            ["organisms.id"],
            name="fk_assemblies_organism_id",
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_assemblies"),
        sa.UniqueConstraint("owner", "name", name="uq_assemblies_owner_name"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_assemblies_name", "assemblies", ["name"], unique=False)
    op.create_index("ix_assemblies_organism_id", "assemblies", ["organism_id"], unique=False)
    op.create_table(
        "group_members",
        sa.Column("group_id", BIG, nullable=False),
        sa.Column("member", sa.String(63), nullable=False),
        sa.ForeignKeyConstraint(
            ["group_id"], ["groups.id"], name="fk_group_members_group_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("group_id", "member", name="pk_group_members"),
    )
    op.create_index("ix_group_members_member", "group_members", ["member"], unique=False)
    op.create_table(
        "shares",
        sa.Column("owner", sa.String(63), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("object_id", BIG, nullable=False),
        sa.Column("grantee", sa.String(63), nullable=True),
        sa.Column("group_id", BIG, nullable=True),
        sa.Column("token_hash", sa.String(64), nullable=True),
        sa.Column("created", WHEN, nullable=False),
        sa.Column("expires", WHEN, nullable=True),
        sa.Column("revoked", WHEN, nullable=True),
        sa.Column("id", BIG, nullable=False),
        sa.ForeignKeyConstraint(
            ["group_id"], ["groups.id"], name="fk_shares_group_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_shares"),
        sa.UniqueConstraint("token_hash", name="uq_shares_token_hash"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_shares_grantee", "shares", ["grantee", "kind"], unique=False)
    op.create_index("ix_shares_group_id", "shares", ["group_id"], unique=False)
    op.create_index("ix_shares_kind", "shares", ["kind", "object_id"], unique=False)
    op.create_index("ix_shares_owner", "shares", ["owner"], unique=False)
    op.create_table(
        "arms",
        sa.Column("assembly_id", BIG, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("chrom", sa.String(512), nullable=False),
        sa.Column("start", BIG, nullable=False),
        sa.Column("stop", BIG, nullable=False),
        sa.Column("name", sa.String(512), nullable=False),
        sa.ForeignKeyConstraint(
            ["assembly_id"], ["assemblies.id"], name="fk_arms_assembly_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("assembly_id", "position", name="pk_arms"),
    )
    op.create_table(
        "chromosomes",
        sa.Column("assembly_id", BIG, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(512), nullable=False),
        sa.Column("length", BIG, nullable=False),
        sa.ForeignKeyConstraint(
            ["assembly_id"],
            ["assemblies.id"],
            name="fk_chromosomes_assembly_id",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("assembly_id", "position", name="pk_chromosomes"),
    )
    op.create_table(
        "share_openings",
        sa.Column("share_id", BIG, nullable=False),
        sa.Column("opener", sa.String(63), nullable=False),
        sa.Column("opened", WHEN, nullable=False),
        sa.ForeignKeyConstraint(
            ["share_id"], ["shares.id"], name="fk_share_openings_share_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("share_id", "opener", name="pk_share_openings"),
        sa.UniqueConstraint("opener", "share_id", name="uq_share_openings_opener_share_id"),
    )


def _datasets() -> None:
    op.create_table(
        "repositories",
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("file_url", sa.Text(), nullable=False),
        sa.Column("auth_required", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_repositories"),
    )
    op.create_table(
        "datasets",
        sa.Column("name", sa.String(512), nullable=False),
        sa.Column("name_key", SORT_KEY, nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("assembly_id", BIG, nullable=False),
        sa.Column("public", sa.Boolean(), nullable=False),
        sa.Column("deleted", WHEN, nullable=True),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.String(128), nullable=False),
        sa.Column("managed", sa.Boolean(), nullable=False),
        sa.Column("size", BIG, nullable=False),
        sa.Column("modified", sa.Double(), nullable=False),
        sa.Column("dims", sa.Integer(), nullable=True),
        sa.Column("region_kind", sa.String(16), nullable=True),
        sa.Column("n_regions", BIG, nullable=True),
        sa.Column("resolutions", JSON, nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("search_text", sa.Text(), nullable=False),
        sa.Column("origin", JSON, nullable=True),
        sa.Column("repository", sa.String(64), nullable=True),
        sa.Column("sample_id", sa.String(128), nullable=True),
        sa.Column("source_url", sa.Text(), nullable=True),
        sa.Column("owner", sa.String(63), nullable=False),
        sa.Column("created", WHEN, nullable=False),
        sa.Column("updated", WHEN, nullable=False),
        sa.Column("id", BIG, nullable=False),
        sa.ForeignKeyConstraint(
            ["assembly_id"],
            ["assemblies.id"],
            name="fk_datasets_assembly_id",
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["repository"],
            ["repositories.name"],
            name="fk_datasets_repository",
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_datasets"),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_datasets_assembly_id", "datasets", ["assembly_id", "name_key", "id"], unique=False
    )
    op.create_index("ix_datasets_created", "datasets", ["created", "id"], unique=False)
    op.create_index("ix_datasets_fingerprint", "datasets", ["fingerprint"], unique=False)
    op.create_index("ix_datasets_kind", "datasets", ["kind", "name_key", "id"], unique=False)
    op.create_index("ix_datasets_name_key", "datasets", ["name_key", "id"], unique=False)
    op.create_index("ix_datasets_owner", "datasets", ["owner", "name_key", "id"], unique=False)
    op.create_index("ix_datasets_size", "datasets", ["size", "id"], unique=False)
    op.create_index("ix_datasets_updated", "datasets", ["updated", "id"], unique=False)
    op.create_index(
        "uq_datasets_owner_kind_name",
        "datasets",
        ["owner", "kind", "name"],
        unique=True,
        sqlite_where=sa.text("deleted IS NULL"),
        postgresql_where=sa.text("deleted IS NULL"),
    )
    op.create_table(
        "annotations",
        sa.Column("dataset_id", BIG, nullable=False),
        sa.Column("name", sa.String(512), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("n", BIG, nullable=False),
        sa.Column("n_missing", BIG, nullable=False),
        sa.Column("levels", JSON, nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("packed", sa.LargeBinary(), nullable=False),
        sa.Column("owner", sa.String(63), nullable=False),
        sa.Column("created", WHEN, nullable=False),
        sa.Column("updated", WHEN, nullable=False),
        sa.Column("id", BIG, nullable=False),
        sa.ForeignKeyConstraint(
            ["dataset_id"],
            ["datasets.id"],
            name="fk_annotations_dataset_id",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_annotations"),
        sa.UniqueConstraint(
            "owner", "dataset_id", "name", name="uq_annotations_owner_dataset_id_name"
        ),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_annotations_dataset_id", "annotations", ["dataset_id"], unique=False)
    op.create_table(
        "dataset_metadata",
        sa.Column("dataset_id", BIG, nullable=False),
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("type", sa.String(8), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("value_key", SORT_KEY, nullable=False),
        sa.ForeignKeyConstraint(
            ["dataset_id"],
            ["datasets.id"],
            name="fk_dataset_metadata_dataset_id",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("dataset_id", "key", name="pk_dataset_metadata"),
    )
    op.create_index(
        "ix_dataset_metadata_key",
        "dataset_metadata",
        ["key", "value_key", "dataset_id"],
        unique=False,
    )
    op.create_table(
        "dataset_parents",
        sa.Column("dataset_id", BIG, nullable=False),
        sa.Column("parent_id", BIG, nullable=False),
        sa.ForeignKeyConstraint(
            ["dataset_id"],
            ["datasets.id"],
            name="fk_dataset_parents_dataset_id",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("dataset_id", "parent_id", name="pk_dataset_parents"),
    )
    op.create_index(
        "ix_dataset_parents_parent_id", "dataset_parents", ["parent_id"], unique=False
    )


def _collections_and_sessions() -> None:
    op.create_table(
        "sessions",
        sa.Column("name", sa.String(512), nullable=False),
        sa.Column("name_key", SORT_KEY, nullable=False),
        sa.Column("public", sa.Boolean(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("search_text", sa.Text(), nullable=False),
        sa.Column("spec", JSON, nullable=False),
        sa.Column("thumbnail", sa.LargeBinary(), nullable=True),
        sa.Column("owner", sa.String(63), nullable=False),
        sa.Column("created", WHEN, nullable=False),
        sa.Column("updated", WHEN, nullable=False),
        sa.Column("id", BIG, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_sessions"),
        sa.UniqueConstraint("owner", "name", name="uq_sessions_owner_name"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_sessions_name_key", "sessions", ["name_key", "id"], unique=False)
    op.create_table(
        "collections",
        sa.Column("name", sa.String(512), nullable=False),
        sa.Column("name_key", SORT_KEY, nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("assembly_id", BIG, nullable=False),
        sa.Column("public", sa.Boolean(), nullable=False),
        sa.Column("deleted", WHEN, nullable=True),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("search_text", sa.Text(), nullable=False),
        sa.Column("owner", sa.String(63), nullable=False),
        sa.Column("created", WHEN, nullable=False),
        sa.Column("updated", WHEN, nullable=False),
        sa.Column("id", BIG, nullable=False),
        sa.ForeignKeyConstraint(
            ["assembly_id"],
            ["assemblies.id"],
            name="fk_collections_assembly_id",
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_collections"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_collections_assembly_id", "collections", ["assembly_id"], unique=False)
    op.create_index("ix_collections_name_key", "collections", ["name_key", "id"], unique=False)
    op.create_index(
        "uq_collections_owner_kind_name",
        "collections",
        ["owner", "kind", "name"],
        unique=True,
        sqlite_where=sa.text("deleted IS NULL"),
        postgresql_where=sa.text("deleted IS NULL"),
    )
    op.create_table(
        "collection_members",
        sa.Column("collection_id", BIG, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("dataset_id", BIG, nullable=False),
        sa.ForeignKeyConstraint(
            ["collection_id"],
            ["collections.id"],
            name="fk_collection_members_collection_id",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["dataset_id"],
            ["datasets.id"],
            name="fk_collection_members_dataset_id",
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("collection_id", "position", name="pk_collection_members"),
        sa.UniqueConstraint(
            "collection_id", "dataset_id", name="uq_collection_members_collection_id_dataset_id"
        ),
    )
    op.create_index(
        "ix_collection_members_dataset_id", "collection_members", ["dataset_id"], unique=False
    )
    op.create_table(
        "session_collections",
        sa.Column("session_id", BIG, nullable=False),
        sa.Column("collection_id", BIG, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["collection_id"],
            ["collections.id"],
            name="fk_session_collections_collection_id",
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["sessions.id"],
            name="fk_session_collections_session_id",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("session_id", "collection_id", name="pk_session_collections"),
    )
    op.create_index(
        "ix_session_collections_collection_id",
        "session_collections",
        ["collection_id"],
        unique=False,
    )
    op.create_table(
        "session_datasets",
        sa.Column("session_id", BIG, nullable=False),
        sa.Column("dataset_id", BIG, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["dataset_id"],
            ["datasets.id"],
            name="fk_session_datasets_dataset_id",
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["sessions.id"],
            name="fk_session_datasets_session_id",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("session_id", "dataset_id", name="pk_session_datasets"),
    )
    op.create_index(
        "ix_session_datasets_dataset_id", "session_datasets", ["dataset_id"], unique=False
    )


def _results_and_jobs() -> None:
    op.create_table(
        "jobs",
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("failed", sa.Integer(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("request", JSON, nullable=False),
        sa.Column("process", sa.Text(), nullable=False),
        sa.Column("finished", WHEN, nullable=True),
        sa.Column("owner", sa.String(63), nullable=False),
        sa.Column("created", WHEN, nullable=False),
        sa.Column("updated", WHEN, nullable=False),
        sa.Column("id", BIG, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_jobs"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_jobs_owner", "jobs", ["owner", "state", "id"], unique=False)
    op.create_table(
        "results",
        sa.Column("owner", sa.String(63), nullable=False),
        sa.Column("created", WHEN, nullable=False),
        sa.Column("key", sa.String(128), nullable=False),
        sa.Column("analysis", sa.String(32), nullable=False),
        sa.Column("request", JSON, nullable=False),
        sa.Column("meta", JSON, nullable=False),
        sa.Column("artifact", sa.Text(), nullable=True),
        sa.Column("digest", sa.String(128), nullable=False),
        sa.Column("size", BIG, nullable=False),
        sa.Column("payload", sa.LargeBinary(), nullable=True),
        sa.Column("id", BIG, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_results"),
        sa.UniqueConstraint("owner", "key", name="uq_results_owner_key"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_results_key", "results", ["key"], unique=False)
    op.create_index("ix_results_owner", "results", ["owner", "id"], unique=False)
    op.create_table(
        "tasks",
        sa.Column("job_id", BIG, nullable=False),
        sa.Column("key", sa.String(128), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("error_type", sa.Text(), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("traceback", sa.Text(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("updated", WHEN, nullable=False),
        sa.Column("id", BIG, nullable=False),
        sa.ForeignKeyConstraint(
            ["job_id"], ["jobs.id"], name="fk_tasks_job_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_tasks"),
        sa.UniqueConstraint("job_id", "key", name="uq_tasks_job_id_key"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_tasks_job_id", "tasks", ["job_id", "state"], unique=False)
    op.create_table(
        "result_inputs",
        sa.Column("result_id", BIG, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("dataset_id", BIG, nullable=False),
        sa.ForeignKeyConstraint(
            ["dataset_id"],
            ["datasets.id"],
            name="fk_result_inputs_dataset_id",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["result_id"], ["results.id"], name="fk_result_inputs_result_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("result_id", "position", name="pk_result_inputs"),
    )
    op.create_index(
        "ix_result_inputs_dataset_id",
        "result_inputs",
        ["dataset_id", "result_id"],
        unique=False,
    )
