"""Rules: thresholds that staff set, findings and their transitions, and how each series stands."""

import sqlalchemy as sa
from alembic import op

revision = "r0006"
down_revision = "r0005"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the step."""
    op.create_table(
        "rule_threshold",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("rule", sa.String(length=40), nullable=False),
        sa.Column("contract_id", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("value", sa.Float(), nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("set_by", sa.String(length=255), nullable=False),
        sa.Column("set_at", _MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["contract_id"], ["contract.id"], name="fk_rule_threshold_contract_id"),
        sa.PrimaryKeyConstraint("id", name="pk_rule_threshold"),
    )
    op.create_index("ix_rule_threshold_newest", "rule_threshold", ["contract_id", "rule", "subject", "id"])
    op.create_table(
        "finding",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.Column("contract_id", sa.Integer(), nullable=False),
        sa.Column("rule", sa.String(length=40), nullable=False),
        sa.Column("key", sa.String(length=1000), nullable=False),
        sa.Column("tags", sa.JSON(), nullable=False),
        sa.Column("since", _MOMENT, nullable=False),
        sa.Column("opened_at", _MOMENT, nullable=False),
        sa.Column("value", sa.Float(), nullable=False),
        sa.Column("threshold", sa.Float(), nullable=False),
        sa.Column("reason", sa.String(length=2000), nullable=False),
        sa.Column("reason_en", sa.String(length=2000), nullable=False),
        sa.Column("closed_at", _MOMENT, nullable=True),
        sa.Column("end", sa.String(length=32), nullable=True),
        sa.ForeignKeyConstraint(["contract_id"], ["contract.id"], name="fk_finding_contract_id"),
        sa.PrimaryKeyConstraint("id", name="pk_finding"),
        sa.UniqueConstraint("public_id", name="uq_finding_public_id"),
    )
    op.create_index("ix_finding_contract_opened", "finding", ["contract_id", "opened_at"])
    is_open = sa.text("closed_at IS NULL")
    op.create_index(
        "uq_finding_open", "finding", ["rule", "key"], unique=True, sqlite_where=is_open, postgresql_where=is_open
    )
    op.create_table(
        "finding_transition",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("finding_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.Column("stored_at", _MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["finding_id"], ["finding.id"], name="fk_finding_transition_finding_id"),
        sa.PrimaryKeyConstraint("id", name="pk_finding_transition"),
    )
    op.create_index("ix_finding_transition_finding_id", "finding_transition", ["finding_id"])
    op.create_index("ix_finding_transition_stored_at", "finding_transition", ["stored_at"])
    op.create_table(
        "rule_standing",
        sa.Column("rule", sa.String(length=40), nullable=False),
        sa.Column("key", sa.String(length=1000), nullable=False),
        sa.Column("phase", sa.String(length=32), nullable=False),
        sa.Column("since", _MOMENT, nullable=False),
        sa.Column("seen", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("rule", "key", name="pk_rule_standing"),
    )
    op.create_table(
        "rule_run",
        sa.Column("rule", sa.String(length=40), nullable=False),
        sa.Column("evaluated_at", _MOMENT, nullable=True),
        sa.Column("failed_at", _MOMENT, nullable=True),
        sa.Column("error", sa.String(length=500), nullable=False),
        sa.PrimaryKeyConstraint("rule", name="pk_rule_run"),
    )


def downgrade() -> None:
    """Take the step back."""
    for table in ("rule_run", "rule_standing", "finding_transition", "finding", "rule_threshold"):
        op.drop_table(table)
