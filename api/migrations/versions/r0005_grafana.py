"""Grafana: what was made there for each contract, and who brings it in step."""

import sqlalchemy as sa
from alembic import op

revision = "r0005"
down_revision = "r0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the step."""
    op.create_table(
        "grafana_org",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("contract_id", sa.Integer(), nullable=True),
        sa.Column("org_id", sa.Integer(), nullable=True),
        sa.Column("token_id", sa.Integer(), nullable=True),
        sa.Column("source_version", sa.Integer(), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("applied_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("exported_to", sa.String(length=1000), nullable=False),
        sa.Column("emptied_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["contract_id"], ["contract.id"], name="fk_grafana_org_contract_id"),
        sa.ForeignKeyConstraint(["token_id"], ["read_token.id"], name="fk_grafana_org_token_id"),
        sa.PrimaryKeyConstraint("id", name="pk_grafana_org"),
        sa.UniqueConstraint("contract_id", name="uq_grafana_org_contract_id"),
    )
    op.create_table(
        "grafana_lease",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("holder", sa.String(length=36), nullable=True),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("id = 1", name=op.f("ck_grafana_lease_single")),
        sa.PrimaryKeyConstraint("id", name="pk_grafana_lease"),
    )


def downgrade() -> None:
    """Take the step back."""
    for table in ("grafana_lease", "grafana_org"):
        op.drop_table(table)
