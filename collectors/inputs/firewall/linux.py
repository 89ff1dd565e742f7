"""Firewalls on Linux: the managers first, then the kernel's own rules."""

from collections.abc import Callable
from pathlib import Path

from collectors import command
from collectors.decode import decode_text
from collectors.input import InputError, NoPermission, find_program
from collectors.inputs.firewall import iptables, managers, nftables
from collectors.inputs.firewall.layer import Findings, Layer
from collectors.programs import Run
from collectors.text import Text

_TIMEOUT_S = 15.0
_UFW_CONF = Path("/etc/ufw/ufw.conf")
_DENIED = ("Operation not permitted", "Permission denied", "you must be root", "Authorization failed")


class Linux:
    """Reads the firewall of a Linux machine."""

    def __init__(
        self,
        run: Run = command.run,
        has_program: Callable[[str], object] = find_program,
        ufw_conf: Path = _UFW_CONF,
    ) -> None:
        self._run = run
        self._has_program = has_program
        self._ufw_conf = ufw_conf

    def read(self) -> Findings:
        """Return what filters; once a manager does, the rules that it made are not read again."""
        layers: list[Layer] = []
        unread: list[Text] = []
        for program, ask in (
            ("ufw", self._ufw),
            ("firewall-cmd", self._firewalld),
            ("nft", self._nftables),
            ("iptables-save", self._iptables),
        ):
            if not self._has_program(program):
                continue
            try:
                layers.append(ask())
            except InputError as error:
                unread.append(Text(f"{program} を読み取れません（{error}）", str(error)))
            if layers and layers[-1].enabled and layers[-1].default_inbound != "allow":
                break
        return Findings(tuple(layers), tuple(unread))

    def _ufw(self) -> Layer:
        try:
            return managers.read_ufw(self._answer("ufw", "status", "verbose"))
        except NoPermission:
            conf = self._read_conf()
            # The file tells what is meant to be, which proves that it is off, but not that the rules are loaded.
            if conf and conf.enabled is False:
                return conf
            raise

    def _read_conf(self) -> Layer | None:
        try:
            return managers.read_ufw_conf(self._ufw_conf.read_text("utf-8", errors="replace"))
        except OSError:
            return None

    def _firewalld(self) -> Layer:
        done = self._run("firewall-cmd", ["--state"], _TIMEOUT_S)
        # "not running" goes to stderr, with exit code 252.
        return managers.read_firewall_cmd(decode_text(done.stdout) or decode_text(done.stderr))

    def _nftables(self) -> Layer:
        return nftables.read_json(self._answer("nft", "--json", "list", "ruleset"))

    def _iptables(self) -> Layer:
        return iptables.read_rules(self._answer("iptables-save", "-t", "filter"))

    def _answer(self, program: str, *arguments: str) -> str:
        """Return what a program wrote.

        Raises:
            NoPermission: it says that it needs root.
            InputError: it wrote nothing.
        """
        done = self._run(program, arguments, _TIMEOUT_S)
        complaint = decode_text(done.stderr)
        if any(mark.lower() in complaint.lower() for mark in _DENIED) or "need to be root" in complaint:
            raise NoPermission(f"{program} answers root only; run the agent as root")
        answer = decode_text(done.stdout)
        if not answer.strip():
            raise InputError(f"{program} gave no answer (exit code {done.code})")
        return answer
