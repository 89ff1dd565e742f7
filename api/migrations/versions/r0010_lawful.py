"""Contracts by the terms of service: steps with reasons, breaches, notices, transfers; audit log, idempotency keys."""

import sqlalchemy as sa
from alembic import op

from api.identity.identifiers import public_id

revision = "r0010"
down_revision = "r0009"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the step."""
    op.create_table(
        "audit_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.Column("actor_kind", sa.String(length=16), nullable=False),
        sa.Column("actor_id", sa.String(length=16), nullable=False),
        sa.Column("actor_name", sa.String(length=255), nullable=False),
        sa.Column("action", sa.String(length=64), nullable=False),
        sa.Column("contract", sa.String(length=16), nullable=False),
        sa.Column("target", sa.String(length=100), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.Column("previous", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_audit_entry"),
        sa.UniqueConstraint("hash", name="uq_audit_entry_hash"),
    )
    op.create_index("ix_audit_entry_action_id", "audit_entry", ["action", "id"])
    op.create_index("ix_audit_entry_actor_id_id", "audit_entry", ["actor_id", "id"])
    op.create_index("ix_audit_entry_at", "audit_entry", ["at"])
    op.create_index("ix_audit_entry_contract_id", "audit_entry", ["contract", "id"])
    op.create_table(
        "idempotency_key",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("caller", sa.String(length=16), nullable=False),
        sa.Column("key", sa.String(length=128), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("answer", sa.LargeBinary(), nullable=False),
        sa.Column("begun_at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_idempotency_key"),
        sa.UniqueConstraint("caller", "key", name="uq_idempotency_key_caller_key"),
    )
    op.create_index("ix_idempotency_key_begun_at", "idempotency_key", ["begun_at"])
    op.create_table(
        "breach",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("contract_id", sa.Integer(), nullable=False),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column("noted_at", _MOMENT, nullable=False),
        sa.Column("cure_until", sa.Date(), nullable=False),
        sa.Column("cured_at", _MOMENT, nullable=True),
        sa.CheckConstraint("length(note) > 0", name="note"),
        sa.ForeignKeyConstraint(["contract_id"], ["contract.id"], name="fk_breach_contract_id"),
        sa.PrimaryKeyConstraint("id", name="pk_breach"),
    )
    op.create_index("ix_breach_contract_id", "breach", ["contract_id"])
    op.create_table(
        "contract_step",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("contract_id", sa.Integer(), nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.Column("event", sa.String(length=32), nullable=False),
        sa.Column("before", sa.String(length=32), nullable=False),
        sa.Column("after", sa.String(length=32), nullable=False),
        sa.Column("reason", sa.String(length=32), nullable=False),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column("who", sa.String(length=255), nullable=False),
        sa.ForeignKeyConstraint(["contract_id"], ["contract.id"], name="fk_contract_step_contract_id"),
        sa.PrimaryKeyConstraint("id", name="pk_contract_step"),
    )
    op.create_index("ix_contract_step_contract_id", "contract_step", ["contract_id"])
    op.create_table(
        "notice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.Column("contract_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("subject_en", sa.String(length=200), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("body_en", sa.Text(), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=True),
        sa.Column("effect", sa.JSON(), nullable=True),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("made_at", _MOMENT, nullable=False),
        sa.Column("made_by", sa.String(length=255), nullable=False),
        sa.Column("dispatched_at", _MOMENT, nullable=True),
        sa.Column("dispatched_by", sa.String(length=32), nullable=True),
        sa.Column("dispatch_note", sa.String(length=500), nullable=False),
        sa.Column("acknowledged_at", _MOMENT, nullable=True),
        sa.Column("acknowledged_by", sa.String(length=16), nullable=False),
        sa.ForeignKeyConstraint(["contract_id"], ["contract.id"], name="fk_notice_contract_id"),
        sa.PrimaryKeyConstraint("id", name="pk_notice"),
        sa.UniqueConstraint("public_id", name="uq_notice_public_id"),
    )
    op.create_index("ix_notice_contract_id_id", "notice", ["contract_id", "id"])
    op.create_index("ix_notice_state", "notice", ["state"])
    op.create_table(
        "service_mail",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.Column("purpose", sa.String(length=32), nullable=False),
        sa.Column("subject", sa.String(length=16), nullable=False),
        sa.Column("contract_id", sa.Integer(), nullable=True),
        sa.Column("address", sa.String(length=254), nullable=False),
        sa.Column("lang", sa.String(length=2), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.Column("due_at", _MOMENT, nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("claimed_until", _MOMENT, nullable=True),
        sa.Column("settled_at", _MOMENT, nullable=True),
        sa.Column("why", sa.String(length=500), nullable=False),
        sa.Column("why_en", sa.String(length=500), nullable=False),
        sa.Column("reference", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(["contract_id"], ["contract.id"], name="fk_service_mail_contract_id"),
        sa.PrimaryKeyConstraint("id", name="pk_service_mail"),
        sa.UniqueConstraint("public_id", name="uq_service_mail_public_id"),
    )
    op.create_index("ix_service_mail_contract_id", "service_mail", ["contract_id"])
    op.create_index("ix_service_mail_state_due", "service_mail", ["state", "due_at"])
    op.create_index("ix_service_mail_subject", "service_mail", ["subject"])
    op.create_table(
        "transfer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.Column("contract_id", sa.Integer(), nullable=False),
        sa.Column("ground", sa.String(length=32), nullable=False),
        sa.Column("former", sa.String(length=200), nullable=False),
        sa.Column("successor", sa.String(length=200), nullable=False),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("documents_by", sa.Date(), nullable=True),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("applied_at", _MOMENT, nullable=False),
        sa.Column("applied_by", sa.String(length=255), nullable=False),
        sa.Column("decided_at", _MOMENT, nullable=True),
        sa.Column("decided_by", sa.String(length=255), nullable=False),
        sa.Column("decision", sa.String(length=500), nullable=False),
        sa.ForeignKeyConstraint(["contract_id"], ["contract.id"], name="fk_transfer_contract_id"),
        sa.PrimaryKeyConstraint("id", name="pk_transfer"),
        sa.UniqueConstraint("public_id", name="uq_transfer_public_id"),
    )
    op.create_index("ix_transfer_contract_id", "transfer", ["contract_id"])
    op.create_table(
        "transfer_document",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.Column("transfer_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("media_type", sa.String(length=100), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("handed_in_at", _MOMENT, nullable=False),
        sa.Column("handed_in_by", sa.String(length=255), nullable=False),
        sa.ForeignKeyConstraint(["transfer_id"], ["transfer.id"], name="fk_transfer_document_transfer_id"),
        sa.PrimaryKeyConstraint("id", name="pk_transfer_document"),
        sa.UniqueConstraint("public_id", name="uq_transfer_document_public_id"),
    )
    op.create_index("ix_transfer_document_transfer_id", "transfer_document", ["transfer_id"])
    with op.batch_alter_table("contract", schema=None) as batch_op:
        batch_op.add_column(sa.Column("state_code", sa.String(length=32), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("contact", sa.String(length=254), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("ends_on", sa.Date(), nullable=True))
    with op.batch_alter_table("contract_option") as batch_op:
        batch_op.add_column(sa.Column("public_id", sa.String(length=16), nullable=True))
    options = sa.table("contract_option", sa.column("id", sa.Integer), sa.column("public_id", sa.String))
    connection = op.get_bind()
    for (row_id,) in connection.execute(sa.select(options.c.id)).fetchall():
        connection.execute(sa.update(options).where(options.c.id == row_id).values(public_id=public_id("o")))
    with op.batch_alter_table("contract_option") as batch_op:
        batch_op.alter_column("public_id", existing_type=sa.String(length=16), nullable=False)
        batch_op.create_unique_constraint("uq_contract_option_public_id", ["public_id"])
    with op.batch_alter_table("device", schema=None) as batch_op:
        batch_op.add_column(sa.Column("stopped_at", _MOMENT, nullable=True))
        batch_op.add_column(sa.Column("stops_first", sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade() -> None:
    """Take the step back."""
    with op.batch_alter_table("device") as table:
        table.drop_column("stops_first")
        table.drop_column("stopped_at")
    with op.batch_alter_table("contract_option") as table:
        table.drop_constraint("uq_contract_option_public_id", type_="unique")
        table.drop_column("public_id")
    with op.batch_alter_table("contract") as table:
        table.drop_column("ends_on")
        table.drop_column("contact")
        table.drop_column("state_code")
    for name in (
        "transfer_document",
        "transfer",
        "service_mail",
        "notice",
        "contract_step",
        "breach",
        "idempotency_key",
        "audit_entry",
    ):
        op.drop_table(name)
