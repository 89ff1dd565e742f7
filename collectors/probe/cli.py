"""`karte probe`: the LAN, printers and other equipment over SNMP."""

import asyncio
import json
from typing import Any

import click

from collectors.agent.wording import default_lang
from collectors.probe.cli_errors import Failed
from collectors.probe.cli_target import target_options
from collectors.probe.client import Client
from collectors.probe.device.document import to_document as device_document
from collectors.probe.device.document import with_printer
from collectors.probe.device.screen import to_screen as device_screen
from collectors.probe.device.sip_touch import ask_sip, with_sip
from collectors.probe.device.watch import read_device
from collectors.probe.discovery.cli_scan import scan
from collectors.probe.printer.document import to_document
from collectors.probe.printer.read import read_printer
from collectors.probe.printer.screen import to_screen
from collectors.probe.snmp import NotThisKind, SnmpError
from collectors.probe.target import ProbeTarget


@click.group()
def probe() -> None:
    """LAN上の機器を見る / The LAN: printers and other equipment over SNMP."""


probe.add_command(scan)


@probe.command()
@target_options
@click.option("--json", "as_json", is_flag=True, help="JSONで出力 / write JSON")
@click.option("--lang", type=click.Choice(["ja", "en"]), help="言語 / language of the table")
def printer(target: ProbeTarget, as_json: bool, lang: Any) -> None:
    """複合機・プリンターを1回読む / Read one printer: status, supplies, trays, alerts."""
    try:
        document = asyncio.run(_printer(target))
    except SnmpError as error:
        raise Failed(error.text, lang or default_lang()) from None
    if as_json:
        click.echo(json.dumps(document, ensure_ascii=False, indent=2))
    else:
        click.echo("\n".join(to_screen(document, lang or default_lang())))


async def _printer(target: ProbeTarget) -> dict[str, Any]:
    async with Client() as client:
        return to_document(await read_printer(await client.session(target)))


@probe.command()
@target_options
@click.option("--json", "as_json", is_flag=True, help="JSONで出力 / write JSON")
@click.option("--lang", type=click.Choice(["ja", "en"]), help="言語 / language of the table")
def device(target: ProbeTarget, as_json: bool, lang: Any) -> None:
    """機器を1回読む / Read one device: router, switch, NAS, IP-PBX, UPS, server."""
    try:
        document = asyncio.run(_device(target))
    except SnmpError as error:
        raise Failed(error.text, lang or default_lang()) from None
    if as_json:
        click.echo(json.dumps(document, ensure_ascii=False, indent=2))
    else:
        click.echo("\n".join(device_screen(document, lang or default_lang())))


async def _device(target: ProbeTarget) -> dict[str, Any]:
    async with Client() as client:
        session = await client.session(target)
        found = await read_device(session)
        if found.system.kind == "pbx":
            found = with_sip(found, await ask_sip(target.host), answered_before=False)
        document = device_document(found)
        if found.system.kind != "printer":
            return document
        try:
            return with_printer(document, (await read_printer(session)).identity, target.address)
        except NotThisKind:
            return document
