"""Privacy: disclosures, erasures and their certificates."""

import sqlalchemy as sa
from alembic import op

revision = "r0013"
down_revision = "r0012"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the step."""
    op.create_index("ix_audit_entry_actor_name_id", "audit_entry", ["actor_name", "id"])
    op.create_table(
        "disclosure",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.Column("contract_id", sa.Integer(), nullable=False),
        sa.Column("disclosed_on", sa.Date(), nullable=False),
        sa.Column("authority", sa.String(length=200), nullable=False),
        sa.Column("legal_ground", sa.String(length=500), nullable=False),
        sa.Column("handed_over", sa.String(length=2000), nullable=False),
        sa.Column("is_secret", sa.Boolean(), nullable=False),
        sa.Column("recorded_by", sa.String(length=255), nullable=False),
        sa.Column("recorded_at", _MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["contract_id"], ["contract.id"], name="fk_disclosure_contract_id"),
        sa.PrimaryKeyConstraint("id", name="pk_disclosure"),
        sa.UniqueConstraint("public_id", name="uq_disclosure_public_id"),
    )
    op.create_index("ix_disclosure_contract_id", "disclosure", ["contract_id"])
    op.create_table(
        "erasure",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.Column("contract_id", sa.Integer(), nullable=False),
        sa.Column("begun_at", _MOMENT, nullable=False),
        sa.Column("begun_by", sa.String(length=255), nullable=False),
        sa.Column("is_early", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("found", sa.JSON(), nullable=False),
        sa.Column("finished_at", _MOMENT, nullable=True),
        sa.Column("certificate", sa.Text(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["contract_id"], ["contract.id"], name="fk_erasure_contract_id"),
        sa.PrimaryKeyConstraint("id", name="pk_erasure"),
        sa.UniqueConstraint("contract_id", name="uq_erasure_contract_id"),
        sa.UniqueConstraint("public_id", name="uq_erasure_public_id"),
    )


def downgrade() -> None:
    """Take the step back."""
    op.drop_index("ix_audit_entry_actor_name_id", "audit_entry")
    op.drop_table("erasure")
    op.drop_table("disclosure")
