"""Terms of service and who accepted them; licences that a customer owns."""

revision = "r0012"
down_revision = "r0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the step."""
    # Filled in as its part is built.


def downgrade() -> None:
    """Take the step back."""
