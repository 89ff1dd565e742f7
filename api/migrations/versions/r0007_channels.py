"""Channels: where messages about a contract go."""

import sqlalchemy as sa
from alembic import op

revision = "r0007"
down_revision = "r0006"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the step."""
    op.create_table(
        "channel",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.Column("contract_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("lang", sa.String(length=2), nullable=False),
        sa.Column("min_severity", sa.String(length=32), nullable=False),
        sa.Column("digest_from", sa.String(length=32), nullable=False),
        sa.Column("escalation_min", sa.Integer(), nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("settings", sa.JSON(), nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.Column("tested_at", _MOMENT, nullable=True),
        sa.Column("outcome", sa.String(length=500), nullable=False),
        sa.Column("outcome_en", sa.String(length=500), nullable=False),
        sa.ForeignKeyConstraint(["contract_id"], ["contract.id"], name="fk_channel_contract_id"),
        sa.PrimaryKeyConstraint("id", name="pk_channel"),
        sa.UniqueConstraint("public_id", name="uq_channel_public_id"),
    )
    op.create_index("ix_channel_contract_id", "channel", ["contract_id"])


def downgrade() -> None:
    """Take the step back."""
    op.drop_table("channel")
