"""The disk spool: what was measured stays here until the gateway has answered 204.

A spool is a directory of segments, files to which records are appended. A record holds some lines of line protocol with
their number, length and CRC. `state.json` says up to which record all is done with and what has been dropped so far.

What a crash can cost: a killed process, at most the record being written at that moment; a power failure, what was
appended since the last fsync (`fsync_interval`). Nothing that is done with comes back after `Spool.done` has returned.
"""

from collectors.agent.spool.batch import Batch
from collectors.agent.spool.limits import Limits
from collectors.agent.spool.lock import SpoolInUse
from collectors.agent.spool.rejects import Reject
from collectors.agent.spool.spool import Spool, SpoolError, Status

__all__ = ["Batch", "Limits", "Reject", "Spool", "SpoolError", "SpoolInUse", "Status"]
