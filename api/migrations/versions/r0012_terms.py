"""Terms of service and who accepted them; licences that a customer owns; what lists are searched by."""

import json
from collections.abc import Callable

import sqlalchemy as sa
from alembic import op

from api.folding import folded, folded_lines

revision = "r0012"
down_revision = "r0011"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)
_BATCH = 1000


def upgrade() -> None:
    """Make the step."""
    op.create_table(
        "licence",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.Column("contract_id", sa.Integer(), nullable=False),
        sa.Column("product", sa.String(length=200), nullable=False),
        sa.Column("version", sa.String(length=100), nullable=False),
        sa.Column("owned", sa.Integer(), nullable=False),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column("product_like", sa.String(length=4000), nullable=False),
        sa.Column("version_like", sa.String(length=4000), nullable=False),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.Column("updated_at", _MOMENT, nullable=False),
        sa.CheckConstraint("owned >= 0", name="owned_not_negative"),
        sa.ForeignKeyConstraint(["contract_id"], ["contract.id"], name="fk_licence_contract_id"),
        sa.PrimaryKeyConstraint("id", name="pk_licence"),
        sa.UniqueConstraint("public_id", name="uq_licence_public_id"),
    )
    op.create_index("ix_licence_contract_id", "licence", ["contract_id"])
    op.create_table(
        "terms_document",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("contract_id", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("title_en", sa.String(length=200), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("body_en", sa.Text(), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("announced_at", _MOMENT, nullable=False),
        sa.Column("announced_by", sa.String(length=255), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.CheckConstraint("(kind = 'individual') = (contract_id IS NOT NULL)", name="individual_has_contract"),
        sa.CheckConstraint("version > 0", name="version_positive"),
        sa.ForeignKeyConstraint(["contract_id"], ["contract.id"], name="fk_terms_document_contract_id"),
        sa.PrimaryKeyConstraint("id", name="pk_terms_document"),
        sa.UniqueConstraint("public_id", name="uq_terms_document_public_id"),
    )
    for name, columns, condition in (
        ("uq_terms_document_own", ["contract_id", "version"], sa.text("contract_id IS NOT NULL")),
        ("uq_terms_document_shared", ["kind", "version"], sa.text("contract_id IS NULL")),
    ):
        op.create_index(
            name, "terms_document", columns, unique=True, sqlite_where=condition, postgresql_where=condition
        )
    op.create_table(
        "terms_acceptance",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.Column("contract_id", sa.Integer(), nullable=False),
        sa.Column("document_id", sa.Integer(), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("way", sa.String(length=32), nullable=False),
        sa.Column("accepted_by", sa.String(length=255), nullable=False),
        sa.Column("user_id", sa.String(length=16), nullable=False),
        sa.Column("recorded_by", sa.String(length=255), nullable=False),
        sa.Column("accepted_at", _MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["contract_id"], ["contract.id"], name="fk_terms_acceptance_contract_id"),
        sa.ForeignKeyConstraint(["document_id"], ["terms_document.id"], name="fk_terms_acceptance_document_id"),
        sa.PrimaryKeyConstraint("id", name="pk_terms_acceptance"),
        sa.UniqueConstraint("contract_id", "document_id", name="uq_terms_acceptance_contract_id_document_id"),
        sa.UniqueConstraint("public_id", name="uq_terms_acceptance_public_id"),
    )
    op.create_index("ix_terms_acceptance_document_id", "terms_acceptance", ["document_id"])
    op.create_table(
        "terms_announcement",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("document_id", sa.Integer(), nullable=False),
        sa.Column("contract_id", sa.Integer(), nullable=False),
        sa.Column("notice_id", sa.Integer(), nullable=False),
        sa.Column("told_at", _MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["contract_id"], ["contract.id"], name="fk_terms_announcement_contract_id"),
        sa.ForeignKeyConstraint(["document_id"], ["terms_document.id"], name="fk_terms_announcement_document_id"),
        sa.ForeignKeyConstraint(["notice_id"], ["notice.id"], name="fk_terms_announcement_notice_id"),
        sa.PrimaryKeyConstraint("id", name="pk_terms_announcement"),
        sa.UniqueConstraint("document_id", "contract_id", name="uq_terms_announcement_document_id_contract_id"),
    )
    op.create_index("ix_terms_announcement_contract_id", "terms_announcement", ["contract_id"])
    op.create_index("ix_terms_announcement_notice_id", "terms_announcement", ["notice_id"])
    for name in ("asset", "software"):
        with op.batch_alter_table(name) as table:
            table.add_column(sa.Column("folded", sa.Text(), nullable=False, server_default=""))
    by_code_point = sa.String(length=255).with_variant(sa.String(length=255, collation="C"), "postgresql")
    with op.batch_alter_table("device") as table:
        table.add_column(sa.Column("search_name", by_code_point, nullable=False, server_default=""))
    _fill("device", "search_name", ("hostname",), lambda row: folded(row["hostname"])[:255])
    _fill("software", "folded", ("name", "publisher"), lambda row: folded_lines(row["name"], row["publisher"]))
    _fill("asset", "folded", ("asset", "maker", "model", "names", "mac", "ip"), _asset)
    op.create_index("ix_device_search_name", "device", ["search_name", "id"])
    op.create_index(
        "ix_device_public_id_prefix", "device", ["public_id"], postgresql_ops={"public_id": "varchar_pattern_ops"}
    )


def downgrade() -> None:
    """Take the step back."""
    op.drop_index("ix_device_public_id_prefix", "device")
    op.drop_index("ix_device_search_name", "device")
    for name, column in (("device", "search_name"), ("software", "folded"), ("asset", "folded")):
        with op.batch_alter_table(name) as table:
            table.drop_column(column)
    for name in ("terms_announcement", "terms_acceptance", "terms_document", "licence"):
        op.drop_table(name)


def _asset(row: sa.RowMapping) -> str:
    lists = (row[name] or [] for name in ("names", "mac", "ip"))
    texts = (text for each in lists for text in (json.loads(each) if isinstance(each, str) else each))
    return folded_lines(row["asset"], row["maker"], row["model"], *texts)


def _fill(name: str, column: str, read: tuple[str, ...], make: Callable[[sa.RowMapping], str]) -> None:
    """Fill a new column in from others, some rows at a time."""
    table = sa.table(name, *(sa.column(each) for each in ("id", column, *read)))
    connection, after = op.get_bind(), 0
    while True:
        asked = sa.select(table.c.id, *(table.c[each] for each in read)).where(table.c.id > after)
        rows = connection.execute(asked.order_by(table.c.id).limit(_BATCH)).mappings().fetchall()
        if not rows:
            return
        connection.execute(
            sa.update(table).where(table.c.id == sa.bindparam("which")).values({column: sa.bindparam("made")}),
            [{"which": row["id"], "made": make(row)} for row in rows],
        )
        after = rows[-1]["id"]
