"""Scanning in a process of its own, so that what a scan needs of memory is given back when it ends.

The libraries for mDNS and for the makers of network interfaces take some 30 MiB, which an agent that scans once an
hour need not hold all the time.
"""

import multiprocessing
from multiprocessing.connection import Connection
from typing import Final

from collectors.input import InputError
from collectors.probe.discovery.plan import Plan, Scan

_GRACE_S: Final = 60.0
"""For starting the process, and for what a scan still does when its time is over."""


def scan_apart(plan: Plan) -> Scan:
    """Scan once in a child process; see `collectors.probe.discovery.scan.scan`.

    Raises:
        InputError: the process failed or did not end.
    """
    # Spawned, not forked: the agent has threads, whose locks a fork would copy in whatever state they are.
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe(duplex=False)
    # A daemon ends with the agent.
    child = context.Process(target=_scan, args=(plan, theirs), name="karte scan", daemon=True)
    child.start()
    theirs.close()
    try:
        if not ours.poll(plan.limit_s + _GRACE_S):
            raise InputError(f"the scan has not ended after {plan.limit_s + _GRACE_S:g} s")
        found: Scan | str = ours.recv()
    except EOFError:
        child.join(_GRACE_S)
        raise InputError(f"the scan ended without a result (exit code {child.exitcode})") from None
    finally:
        ours.close()
        child.terminate()
        child.join()
    if isinstance(found, str):
        raise InputError(found)
    return found


def _scan(plan: Plan, answer: Connection) -> None:
    # Imported here, in the child, for the sake of the parent's memory.
    from collectors.probe.discovery.scan import scan

    try:
        answer.send(scan(plan))
    except (OSError, InputError) as error:
        answer.send(f"the scan failed: {error}")
