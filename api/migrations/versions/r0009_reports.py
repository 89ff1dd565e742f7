"""Reports: their archive's chain, who got them, when they are due, and the mails about them."""

import sqlalchemy as sa
from alembic import op

revision = "r0009"
down_revision = "r0008"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the step."""
    op.create_table(
        "report_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("contract_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("kept_at", _MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["contract_id"], ["contract.id"], name="fk_report_entry_contract_id"),
        sa.PrimaryKeyConstraint("id", name="pk_report_entry"),
        sa.UniqueConstraint("contract_id", "number", name="uq_report_entry_number"),
    )
    op.create_table(
        "report_draft",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("contract_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("announced_at", _MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["contract_id"], ["contract.id"], name="fk_report_draft_contract_id"),
        sa.PrimaryKeyConstraint("id", name="pk_report_draft"),
    )
    op.create_index("ix_report_draft_number", "report_draft", ["contract_id", "number"])
    op.create_table(
        "report",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.Column("contract_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("period", sa.String(length=16), nullable=False),
        sa.Column("lang", sa.String(length=2), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("starts_at", _MOMENT, nullable=False),
        sa.Column("ends_at", _MOMENT, nullable=False),
        sa.Column("built_at", _MOMENT, nullable=False),
        sa.Column("files", sa.JSON(), nullable=False),
        sa.Column("removed_at", _MOMENT, nullable=True),
        sa.Column("removed_why", sa.String(length=32), nullable=True),
        sa.Column("purged_at", _MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["contract_id"], ["contract.id"], name="fk_report_contract_id"),
        sa.PrimaryKeyConstraint("id", name="pk_report"),
        sa.UniqueConstraint("contract_id", "period", "lang", "edition", name="uq_report_edition"),
        sa.UniqueConstraint("contract_id", "number", name="uq_report_number"),
        sa.UniqueConstraint("public_id", name="uq_report_public_id"),
    )
    op.create_table(
        "report_access",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.Column("way", sa.String(length=32), nullable=False),
        sa.Column("who", sa.String(length=255), nullable=False),
        sa.Column("file", sa.String(length=32), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"], name="fk_report_access_report_id"),
        sa.PrimaryKeyConstraint("id", name="pk_report_access"),
    )
    op.create_index("ix_report_access_report_id", "report_access", ["report_id"])
    op.create_table(
        "report_plan",
        sa.Column("contract_id", sa.Integer(), nullable=False),
        sa.Column("monthly_since", _MOMENT, nullable=True),
        sa.Column("day", sa.Integer(), nullable=False),
        sa.Column("hour", sa.Integer(), nullable=False),
        sa.Column("weekly_since", _MOMENT, nullable=True),
        sa.Column("weekday", sa.Integer(), nullable=False),
        sa.Column("sending", sa.String(length=32), nullable=False),
        sa.Column("channels", sa.JSON(), nullable=True),
        sa.Column("keep_months", sa.Integer(), nullable=True),
        sa.Column("changed_at", _MOMENT, nullable=False),
        sa.Column("changed_by", sa.String(length=255), nullable=False),
        sa.CheckConstraint("day BETWEEN 1 AND 28", name=op.f("ck_report_plan_day")),
        sa.CheckConstraint("hour BETWEEN 0 AND 23", name=op.f("ck_report_plan_hour")),
        sa.CheckConstraint("weekday BETWEEN 0 AND 6", name=op.f("ck_report_plan_weekday")),
        sa.CheckConstraint("keep_months IS NULL OR keep_months > 0", name=op.f("ck_report_plan_keep_months")),
        sa.ForeignKeyConstraint(["contract_id"], ["contract.id"], name="fk_report_plan_contract_id"),
        sa.PrimaryKeyConstraint("contract_id", name="pk_report_plan"),
    )
    op.create_table(
        "report_run",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("contract_id", sa.Integer(), nullable=False),
        sa.Column("period", sa.String(length=16), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.Column("due_at", _MOMENT, nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("claimed_until", _MOMENT, nullable=True),
        sa.Column("settled_at", _MOMENT, nullable=True),
        sa.Column("report_id", sa.Integer(), nullable=True),
        sa.Column("why", sa.String(length=500), nullable=False),
        sa.Column("why_en", sa.String(length=500), nullable=False),
        sa.ForeignKeyConstraint(["contract_id"], ["contract.id"], name="fk_report_run_contract_id"),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"], name="fk_report_run_report_id"),
        sa.PrimaryKeyConstraint("id", name="pk_report_run"),
        sa.UniqueConstraint("contract_id", "period", name="uq_report_run_period"),
    )
    op.create_index("ix_report_run_state_due", "report_run", ["state", "due_at"])
    op.create_table(
        "report_mail",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("channel_id", sa.Integer(), nullable=False),
        sa.Column("sending", sa.String(length=32), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.Column("due_at", _MOMENT, nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("claimed_until", _MOMENT, nullable=True),
        sa.Column("settled_at", _MOMENT, nullable=True),
        sa.Column("why", sa.String(length=500), nullable=False),
        sa.Column("why_en", sa.String(length=500), nullable=False),
        sa.Column("reference", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(["channel_id"], ["channel.id"], name="fk_report_mail_channel_id"),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"], name="fk_report_mail_report_id"),
        sa.PrimaryKeyConstraint("id", name="pk_report_mail"),
        sa.UniqueConstraint("public_id", name="uq_report_mail_public_id"),
        sa.UniqueConstraint("report_id", "channel_id", name="uq_report_mail_channel"),
    )
    op.create_index("ix_report_mail_state_due", "report_mail", ["state", "due_at"])
    op.create_index("ix_report_mail_channel_id", "report_mail", ["channel_id"])


def downgrade() -> None:
    """Take the step back."""
    for table in (
        "report_mail",
        "report_run",
        "report_plan",
        "report_access",
        "report",
        "report_draft",
        "report_entry",
    ):
        op.drop_table(table)
