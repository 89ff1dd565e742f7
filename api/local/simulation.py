"""The simulated office on this machine: its MFPs on the network, its machines enrolled, its data flowing."""

import socket
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from api.demo.calendar import DAY_S
from api.demo.cast import MACHINES
from api.demo.history import equipment_points, machine_points, mfp_points
from api.demo.mfp import MFPS
from api.demo.office import HISTORY_DAYS, Office
from api.local import snmpsim
from api.local.datadir import DataDir
from api.local.enrolment import enrol_machine
from api.local.feed import Feed, Stream
from api.local.gatewaywriter import GatewayWriter
from api.local.ledger import Account, open_ledger
from api.local.ports import free_port
from api.local.supervisor import Supervisor
from collectors.agent.identity import host_name

_EQUIPMENT = "equipment"
"""Account of router, IP-PBX, UPS and NAS, which the probe watches together."""


class Simulation:
    """The office of one data directory; the same one at every start.

    Args:
        data: the data directory.
        history_days: days of the past that are stored of what is not yet known there.

    Attributes:
        office: what is simulated.
        begin: Unix seconds from which on it is stored at the first start.
        ports: UDP port of each simulated MFP, by its key.
    """

    def __init__(self, data: DataDir, history_days: int = HISTORY_DAYS) -> None:
        self._data = data
        self._ledger = open_ledger(data.root / "office.json", int(time.time()))
        self.office = Office(self._ledger.anchor)
        self.begin = max(self.office.history_start, self._ledger.anchor - history_days * DAY_S)
        self.ports = {mfp.key: free_port(socket.SOCK_DGRAM) for mfp in MFPS}

    def serve(self, supervisor: Supervisor) -> None:
        """Put the MFPs on the network.

        Raises:
            ChildError: snmpsim is not installed.
        """
        self.refresh()
        documents, cache = self._documents, self._data.root / "snmpsim" / "cache"
        log_path = self._data.log / "snmpsim.log"
        supervisor.add("snmpsim", lambda: snmpsim.start_snmpsim(documents, cache, self.ports.values(), log_path))

    def refresh(self) -> None:
        """Let the MFPs answer what holds now."""
        snmpsim.write_documents(self.office, self._documents, int(time.time()))

    def enrol(self, url: str, issue_code: Callable[[int], str]) -> list[str]:
        """Enrol the machines that are not yet, and return the public ids of those.

        Args:
            url: of the service.
            issue_code: gives an install ID for so many machines.

        Raises:
            ChildError: the service refused.
        """
        missing = [machine for machine in MACHINES if machine.key not in self._ledger.accounts]
        code = issue_code(len(missing)) if missing else ""
        for machine in missing:
            self._ledger.add(machine.key, enrol_machine(url, code, machine, self.begin))
        return [self._ledger.accounts[machine.key].device for machine in missing]

    def feed(self, url: str) -> Feed:
        """Return what sends the office's data."""
        machines = [Stream(machine.key, partial(machine_points, self.office, machine)) for machine in MACHINES]
        past = [Stream(mfp.key, partial(mfp_points, self.office, mfp, host_name()), goes_on=False) for mfp in MFPS]
        others = Stream(_EQUIPMENT, partial(equipment_points, self.office, host_name()))
        return Feed([*machines, *past, others], self._ledger, GatewayWriter(url))

    def adopt_probe(self, device: str, token: str) -> None:
        """Let this machine's agent, the office's probe, also send the MFPs' past and what it sees of the rest."""
        for key in (*(mfp.key for mfp in MFPS), _EQUIPMENT):
            known = self._ledger.accounts.get(key)
            sent_until = known.sent_until if known else self.begin
            # Enrolling again gives another token, so it is taken over at every start.
            self._ledger.add(key, Account(device, token, sent_until))

    @property
    def _documents(self) -> Path:
        return self._data.root / "snmpsim" / "data"
