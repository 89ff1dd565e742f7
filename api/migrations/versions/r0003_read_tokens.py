"""Read tokens: what queries show."""

import sqlalchemy as sa
from alembic import op

revision = "r0003"
down_revision = "r0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the step."""
    op.create_table(
        "read_token",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.Column("contract_id", sa.Integer(), nullable=True),
        sa.Column("label", sa.String(length=100), nullable=False),
        sa.Column("grafana_org", sa.Integer(), nullable=True),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["contract_id"], ["contract.id"], name="fk_read_token_contract_id"),
        sa.PrimaryKeyConstraint("id", name="pk_read_token"),
        sa.UniqueConstraint("public_id", name="uq_read_token_public_id"),
        sa.UniqueConstraint("token_hash", name="uq_read_token_token_hash"),
    )
    op.create_index("ix_read_token_contract_id", "read_token", ["contract_id"])


def downgrade() -> None:
    """Take the step back."""
    op.drop_table("read_token")
