"""How often one caller may try what costs much or could be guessed at.

Counts are kept in memory, so each worker process counts for itself: with N workers a caller has up to N times as many
tries. What is guarded cannot be guessed within that (an install ID has 95 random bits, a password costs argon2id's
time), so the limits are there against load. Who fails to sign in is locked out by `api.identity.tries`, on all workers.
"""

from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

ENROL = "60 per minute"
INVENTORY = "120 per minute"
CHANNEL_TEST = "12 per minute"
BACKTEST = "60 per minute"
LOGIN_PER_ADDRESS = "20 per minute"
LOGIN_PER_USER = "10 per minute"
RESET_PER_ADDRESS = "10 per minute"
ACCOUNT = "30 per minute"
GRAFANA = "20 per minute"

limiter = Limiter(get_remote_address, storage_uri="memory://", headers_enabled=True)
