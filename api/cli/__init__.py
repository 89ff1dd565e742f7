"""The `karte` command. Each group is imported only when it is used, so that the agent stays small and starts fast."""

import importlib
import sys
from typing import Any

import click

from collectors import __version__

GROUPS: dict[str, tuple[str, str]] = {
    "up": ("api.cli.up:up", "start the whole stack on this machine"),
    "agent": ("collectors.agent.cli:agent", "this machine: inputs, enrolment, collecting"),
    "probe": ("collectors.probe.cli:probe", "the LAN: printers and other equipment over SNMP"),
    "catalogue": ("collectors.cli:catalogue", "all that is collected"),
    "contract": ("api.cli.contract:contract", "contracts and their sites"),
    "device": ("api.cli.device:device", "target devices and their install IDs"),
    "user": ("api.cli.user:user", "who may sign in"),
    "report": ("api.cli.report:report", "diagnosis reports"),
}
"""Command name -> where it lives and what it is for; the one list of what `karte` can do."""


class LazyGroup(click.Group):
    """A group that imports a command when it is called."""

    def list_commands(self, _ctx: click.Context) -> list[str]:
        """Return the names in the order of the table."""
        return list(GROUPS)

    def get_command(self, _ctx: click.Context, name: str) -> click.Command | None:
        """Import and return one command."""
        if name not in GROUPS:
            return None
        module, attribute = GROUPS[name][0].split(":")
        command: click.Command = getattr(importlib.import_module(module), attribute)
        return command

    def format_commands(self, _ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, purpose) for name, (_where, purpose) in GROUPS.items()])


@click.group(cls=LazyGroup)
@click.version_option(__version__, prog_name="karte")
def karte(**_options: Any) -> None:
    """Office Karte: monitoring and health reports for small offices."""


def main() -> None:
    """Run the command; an interrupt ends it quietly, as shells expect."""
    try:
        karte(standalone_mode=True)
    except KeyboardInterrupt:
        sys.exit(130)
