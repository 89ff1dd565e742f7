"""The table of all inputs. A new input is one module and one line here."""

from collectors.input import Input
from collectors.inputs import antivirus, firewall, mem, patches

INPUTS: tuple[Input, ...] = (mem.INPUT, antivirus.INPUT, firewall.INPUT, patches.INPUT)


def input_named(name: str) -> Input:
    """Return the input of that name.

    Raises:
        KeyError: there is none.
    """
    return {each.name: each for each in INPUTS}[name]
