"""The table of all inputs. A new input is one module and one line here."""

from collectors.input import Input
from collectors.inputs import mem

INPUTS: tuple[Input, ...] = (mem.INPUT,)


def input_named(name: str) -> Input:
    """Return the input of that name.

    Raises:
        KeyError: there is none.
    """
    return {each.name: each for each in INPUTS}[name]
