"""What Alembic runs; the connection comes from `api.schema`, so there is no ini file and no second way in."""

from alembic import context

from api.models import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    compare_type=True,
    # SQLite cannot alter most of a table in place; batch mode copies it.
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
