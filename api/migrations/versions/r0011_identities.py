"""People and tokens: who they are, second factors, lockout, links to reset a password, API tokens, signing keys."""

revision = "r0011"
down_revision = "r0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the step."""
    # Filled in as its part is built.


def downgrade() -> None:
    """Take the step back."""
