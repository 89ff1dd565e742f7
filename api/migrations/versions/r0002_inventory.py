"""Inventory: current lists of software and assets, and the logs of their changes."""

import sqlalchemy as sa
from alembic import op

revision = "r0002"
down_revision = "r0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the step."""
    op.create_table(
        "inventory_list",
        sa.Column("id", sa.Integer(), nullable=False),
        *_owner("inventory_list"),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("host", sa.String(length=255), nullable=False),
        sa.Column("os", sa.String(length=200), nullable=False),
        sa.Column("arch", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_inventory_list"),
        sa.UniqueConstraint("device_id", "kind", name="uq_inventory_list_device_id_kind"),
    )
    op.create_index("ix_inventory_list_contract_id", "inventory_list", ["contract_id"])

    op.create_table(
        "software",
        sa.Column("id", sa.Integer(), nullable=False),
        *_owner("software"),
        sa.Column("key_hash", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("publisher", sa.String(length=200), nullable=False),
        sa.Column("version", sa.String(length=100), nullable=False),
        sa.Column("arch", sa.String(length=20), nullable=False),
        sa.Column("source", sa.String(length=20), nullable=False),
        sa.Column("scope", sa.String(length=20), nullable=False),
        sa.Column("installed_on", sa.Date(), nullable=True),
        sa.Column("size_kib", sa.BigInteger(), nullable=True),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_software"),
        sa.UniqueConstraint("device_id", "key_hash", name="uq_software_device_id_key_hash"),
    )
    op.create_index("ix_software_search", "software", ["contract_id", "name"])

    op.create_table(
        "software_change",
        sa.Column("id", sa.Integer(), nullable=False),
        *_owner("software_change"),
        *_change(),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("publisher", sa.String(length=200), nullable=False),
        sa.Column("version_before", sa.String(length=100), nullable=True),
        sa.Column("version_after", sa.String(length=100), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_software_change"),
        sa.UniqueConstraint("device_id", "at", "fingerprint", name="uq_software_change_device_id_at_fingerprint"),
    )
    op.create_index("ix_software_change_contract", "software_change", ["contract_id", "at"])

    op.create_table(
        "asset",
        sa.Column("id", sa.Integer(), nullable=False),
        *_owner("asset"),
        sa.Column("asset", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("maker", sa.String(length=200), nullable=False),
        sa.Column("model", sa.String(length=200), nullable=False),
        sa.Column("names", sa.JSON(), nullable=False),
        sa.Column("mac", sa.JSON(), nullable=False),
        sa.Column("ip", sa.JSON(), nullable=False),
        sa.Column("first_seen", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_seen", sa.DateTime(timezone=True), nullable=True),
        sa.Column("how", sa.JSON(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_asset"),
        sa.UniqueConstraint("device_id", "asset", name="uq_asset_device_id_asset"),
    )
    op.create_index("ix_asset_contract", "asset", ["contract_id", "asset"])

    op.create_table(
        "asset_change",
        sa.Column("id", sa.Integer(), nullable=False),
        *_owner("asset_change"),
        *_change(),
        sa.Column("asset", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_asset_change"),
        sa.UniqueConstraint("device_id", "at", "asset", name="uq_asset_change_device_id_at_asset"),
    )
    op.create_index("ix_asset_change_contract", "asset_change", ["contract_id", "at"])


def downgrade() -> None:
    """Take the step back."""
    for table in ("asset_change", "asset", "software_change", "software", "inventory_list"):
        op.drop_table(table)


def _owner(table: str) -> list[sa.schema.SchemaItem]:
    return [
        sa.Column("contract_id", sa.Integer(), nullable=False),
        sa.Column("device_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["contract_id"], ["contract.id"], name=f"fk_{table}_contract_id"),
        sa.ForeignKeyConstraint(["device_id"], ["device.id"], name=f"fk_{table}_device_id"),
    ]


def _change() -> list[sa.schema.SchemaItem]:
    return [
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("change", sa.String(length=32), nullable=False),
        sa.Column("before", sa.JSON(), nullable=True),
        sa.Column("after", sa.JSON(), nullable=True),
    ]
