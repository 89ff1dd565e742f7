"""Privacy: disclosures, erasures and their certificates."""

revision = "r0013"
down_revision = "r0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the step."""
    # Filled in as its part is built.


def downgrade() -> None:
    """Take the step back."""
