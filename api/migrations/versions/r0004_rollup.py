"""Rollup: how far the hourly rollup is, and which contracts' hours must be rolled up again."""

import sqlalchemy as sa
from alembic import op

revision = "r0004"
down_revision = "r0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the step."""
    op.create_table(
        "rollup_progress",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("done_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lease_holder", sa.String(length=36), nullable=True),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("id = 1", name=op.f("ck_rollup_progress_single")),
        sa.PrimaryKeyConstraint("id", name="pk_rollup_progress"),
    )
    op.create_table(
        "rollup_pending",
        sa.Column("contract_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("fresh_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["contract_id"], ["contract.id"], name="fk_rollup_pending_contract_id"),
        sa.PrimaryKeyConstraint("contract_id", name="pk_rollup_pending"),
    )


def downgrade() -> None:
    """Take the step back."""
    for table in ("rollup_pending", "rollup_progress"):
        op.drop_table(table)
