"""Deliveries of findings, maintenance windows, snoozes, and when channels are told."""

import sqlalchemy as sa
from alembic import op

revision = "r0008"
down_revision = "r0007"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the step."""
    with op.batch_alter_table("finding") as table:
        table.add_column(sa.Column("taken_at", _MOMENT, nullable=True))
        table.add_column(sa.Column("taken_by", sa.String(length=255), nullable=False, server_default=""))
    with op.batch_alter_table("finding_transition") as table:
        table.add_column(sa.Column("relay_at", _MOMENT, nullable=True))
        table.add_column(sa.Column("held", sa.String(length=32), nullable=True))
        table.add_column(sa.Column("told", sa.String(length=32), nullable=True))
    op.create_index("ix_finding_transition_relay_at", "finding_transition", ["relay_at"])
    op.create_table(
        "delivery",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.Column("channel_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("note", sa.String(length=200), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.Column("due_at", _MOMENT, nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("claimed_until", _MOMENT, nullable=True),
        sa.Column("settled_at", _MOMENT, nullable=True),
        sa.Column("why", sa.String(length=500), nullable=False),
        sa.Column("why_en", sa.String(length=500), nullable=False),
        sa.Column("reference", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(["channel_id"], ["channel.id"], name="fk_delivery_channel_id"),
        sa.PrimaryKeyConstraint("id", name="pk_delivery"),
        sa.UniqueConstraint("public_id", name="uq_delivery_public_id"),
    )
    op.create_index("ix_delivery_state_due", "delivery", ["state", "due_at"])
    op.create_index("ix_delivery_channel_state", "delivery", ["channel_id", "state"])
    op.create_table(
        "delivery_item",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("delivery_id", sa.Integer(), nullable=False),
        sa.Column("finding_id", sa.Integer(), nullable=False),
        sa.Column("happening", sa.String(length=32), nullable=False),
        sa.Column("flaps", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["delivery_id"], ["delivery.id"], name="fk_delivery_item_delivery_id"),
        sa.ForeignKeyConstraint(["finding_id"], ["finding.id"], name="fk_delivery_item_finding_id"),
        sa.PrimaryKeyConstraint("id", name="pk_delivery_item"),
        sa.UniqueConstraint("delivery_id", "finding_id", "happening", name="uq_delivery_item_finding"),
    )
    op.create_index("ix_delivery_item_finding_id", "delivery_item", ["finding_id"])
    op.create_table(
        "maintenance_window",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.Column("contract_id", sa.Integer(), nullable=False),
        sa.Column("site", sa.String(length=16), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("rule", sa.String(length=40), nullable=False),
        sa.Column("begins_at", _MOMENT, nullable=True),
        sa.Column("ends_at", _MOMENT, nullable=True),
        sa.Column("weekdays", sa.JSON(), nullable=True),
        sa.Column("from_time", sa.Time(), nullable=True),
        sa.Column("minutes", sa.Integer(), nullable=True),
        sa.Column("first_day", sa.Date(), nullable=True),
        sa.Column("last_day", sa.Date(), nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("made_by", sa.String(length=255), nullable=False),
        sa.Column("made_at", _MOMENT, nullable=False),
        sa.Column("cancelled_at", _MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["contract_id"], ["contract.id"], name="fk_maintenance_window_contract_id"),
        sa.PrimaryKeyConstraint("id", name="pk_maintenance_window"),
        sa.UniqueConstraint("public_id", name="uq_maintenance_window_public_id"),
    )
    op.create_index("ix_maintenance_window_contract_id", "maintenance_window", ["contract_id"])
    op.create_table(
        "snooze",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("contract_id", sa.Integer(), nullable=False),
        sa.Column("rule", sa.String(length=40), nullable=False),
        sa.Column("key", sa.String(length=1000), nullable=False),
        sa.Column("until", _MOMENT, nullable=False),
        sa.Column("asked_by", sa.String(length=255), nullable=False),
        sa.Column("asked_at", _MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["contract_id"], ["contract.id"], name="fk_snooze_contract_id"),
        sa.PrimaryKeyConstraint("id", name="pk_snooze"),
    )
    op.create_index("ix_snooze_series", "snooze", ["rule", "key", "id"])
    op.create_index("ix_finding_series_opened", "finding", ["rule", "key", "opened_at"])


def downgrade() -> None:
    """Take the step back."""
    op.drop_index("ix_finding_series_opened", "finding")
    for name in ("snooze", "maintenance_window", "delivery_item", "delivery"):
        op.drop_table(name)
    op.drop_index("ix_finding_transition_relay_at", "finding_transition")
    with op.batch_alter_table("finding_transition") as table:
        for column in ("told", "held", "relay_at"):
            table.drop_column(column)
    with op.batch_alter_table("finding") as table:
        for column in ("taken_by", "taken_at"):
            table.drop_column(column)
