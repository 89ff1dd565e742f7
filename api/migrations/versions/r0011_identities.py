"""People and tokens: who they are, second factors, lockout, API tokens, keys to Grafana."""

import sqlalchemy as sa
from alembic import op

revision = "r0011"
down_revision = "r0010"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)
_POSITION = "ck_user_account_customer_has_position"


def upgrade() -> None:
    """Make the step."""
    op.create_table(
        "failed_tries",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(length=64), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("last_at", _MOMENT, nullable=False),
        sa.Column("closed_until", _MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_failed_tries"),
        sa.UniqueConstraint("subject", name="uq_failed_tries_subject"),
    )
    op.create_index("ix_failed_tries_last_at", "failed_tries", ["last_at"])
    op.create_table(
        "grafana_key",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kid", sa.String(length=16), nullable=False),
        sa.Column("private", sa.LargeBinary(), nullable=False),
        sa.Column("public", sa.JSON(), nullable=False),
        sa.Column("made_at", _MOMENT, nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("session_epoch", sa.Integer(), nullable=True),
        sa.Column("ends_at", _MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name="fk_grafana_key_user_id"),
        sa.PrimaryKeyConstraint("id", name="pk_grafana_key"),
        sa.UniqueConstraint("kid", name="uq_grafana_key_kid"),
    )
    op.create_index("ix_grafana_key_ends_at", "grafana_key", ["ends_at"])
    op.create_index("ix_grafana_key_user_id", "grafana_key", ["user_id"])
    op.create_table(
        "api_token",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("label", sa.String(length=100), nullable=False),
        sa.Column("scopes", sa.JSON(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.Column("expires_at", _MOMENT, nullable=False),
        sa.Column("last_used_at", _MOMENT, nullable=True),
        sa.Column("revoked_at", _MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name="fk_api_token_user_id"),
        sa.PrimaryKeyConstraint("id", name="pk_api_token"),
        sa.UniqueConstraint("public_id", name="uq_api_token_public_id"),
        sa.UniqueConstraint("token_hash", name="uq_api_token_token_hash"),
    )
    op.create_index("ix_api_token_user_id", "api_token", ["user_id"])
    op.create_table(
        "recovery_code",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.Column("used_at", _MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name="fk_recovery_code_user_id"),
        sa.PrimaryKeyConstraint("id", name="pk_recovery_code"),
    )
    op.create_index("ix_recovery_code_user_id", "recovery_code", ["user_id"])
    op.create_table(
        "second_factor",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        sa.Column("offered", sa.LargeBinary(), nullable=False),
        sa.Column("offered_at", _MOMENT, nullable=True),
        sa.Column("last_step", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name="fk_second_factor_user_id"),
        sa.PrimaryKeyConstraint("id", name="pk_second_factor"),
        sa.UniqueConstraint("user_id", name="uq_second_factor_user_id"),
    )
    with op.batch_alter_table("user_account") as table:
        table.add_column(sa.Column("person_name", sa.String(length=100), nullable=False, server_default=""))
        table.add_column(sa.Column("email", sa.String(length=254), nullable=True))
        table.add_column(sa.Column("must_change_password", sa.Boolean(), nullable=False, server_default=sa.false()))
        table.add_column(sa.Column("position", sa.String(length=32), nullable=True))
        table.add_column(sa.Column("second_factor_at", _MOMENT, nullable=True))
        table.add_column(sa.Column("last_signed_in_at", _MOMENT, nullable=True))
    # Until now nobody said who of a customer has an ID; the terms know the representative first.
    op.execute("UPDATE user_account SET position = 'representative' WHERE role = 'customer'")
    with op.batch_alter_table("user_account") as table:
        table.create_unique_constraint("uq_user_account_email", ["email"])
        table.create_check_constraint(op.f(_POSITION), "(role = 'staff') = (position IS NULL)")


def downgrade() -> None:
    """Take the step back."""
    with op.batch_alter_table("user_account") as table:
        table.drop_constraint(op.f(_POSITION), type_="check")
        table.drop_constraint("uq_user_account_email", type_="unique")
        for name in (
            "last_signed_in_at",
            "second_factor_at",
            "position",
            "must_change_password",
            "email",
            "person_name",
        ):
            table.drop_column(name)
    for name in ("second_factor", "recovery_code", "api_token", "grafana_key", "failed_tries"):
        op.drop_table(name)
