"""`netsh advfirewall show allprofiles|currentprofile|…`, whose words follow the language of Windows."""

import re

from collectors.inputs.firewall.layer import PROFILES, WINDOWS, Layer

_RULER = re.compile(r"-{20,}")
_ROW = re.compile(r"(?P<name>\S.*?)\s{2,}(?P<value>\S.*)")
_POLICY = re.compile(r"(?P<inbound>Block|Allow)Inbound(?:Always)?,(?P<outbound>Block|Allow)Outbound", re.IGNORECASE)
_PROFILE_WORDS = {
    "domain": ("domain", "ドメイン", "domän", "domaine", "dominio", "域"),
    "private": ("private", "プライベート", "privat", "privé", "privado", "privato", "专用"),
    "public": ("public", "パブリック", "öffentlich", "público", "pubblico", "公用"),
}
_STATE_WORDS = {
    **dict.fromkeys(("on", "オン", "有効", "ein", "actif", "activé", "activar", "activado", "attivo", "启用"), True),
    **dict.fromkeys(
        ("off", "オフ", "無効", "aus", "inactif", "désactivé", "desactivar", "desactivado", "inattivo", "关闭", "禁用"),
        False,
    ),
}


def is_output(text: str) -> bool:
    """Tell whether a text looks like the answer of netsh: a heading, a ruler, then rows.

    `show allprofiles state` prints no policy, so there a heading and a state that are known must do.
    """
    sections = _sections(text)
    stated = any(_profile(heading) and _state(_values(rows)) is not None for heading, rows in sections)
    return bool(sections) and (stated or _POLICY.search(text) is not None)


def read(text: str) -> list[Layer]:
    """Return the profiles; a state in a language that is not known here stays unknown."""
    sections = _sections(text)
    names = [_profile(heading) for heading, _ in sections]
    if len(sections) == len(PROFILES) and len(set(names) - {None}) < len(PROFILES):
        # All three are always printed in this order, so an unknown language can still be placed.
        names = list(PROFILES)
    return [_layer(name, rows) for name, (_, rows) in zip(names, sections, strict=True) if name]


def _layer(profile: str, rows: list[str]) -> Layer:
    values = _values(rows)
    policies = [found for value in values if (found := _POLICY.fullmatch(value))]
    policy = policies[0] if policies else None
    return Layer(
        profile=profile,
        manager=WINDOWS,
        enabled=_state(values),
        default_inbound=policy["inbound"].lower() if policy else None,
        default_outbound=policy["outbound"].lower() if policy else None,
    )


def _values(rows: list[str]) -> list[str]:
    return [found["value"].strip() for row in rows if (found := _ROW.fullmatch(row.strip()))]


def _state(values: list[str]) -> bool | None:
    """Return whether a profile is on; the state is the first row in every language."""
    return _STATE_WORDS.get(values[0].lower()) if values else None


def _profile(heading: str) -> str | None:
    lowered = heading.lower()
    return next((name for name, words in _PROFILE_WORDS.items() if any(word in lowered for word in words)), None)


def _sections(text: str) -> list[tuple[str, list[str]]]:
    """Return heading and rows of each profile; a row that was cut off before its line end is left out."""
    lines = [line.rstrip("\r") for line in text.split("\n")[:-1]]
    sections: list[tuple[str, list[str]]] = []
    previous = ""
    for line in lines:
        if _RULER.fullmatch(line.strip()):
            sections.append((previous, []))
        elif sections:
            sections[-1][1].append(line)
        previous = line
    return sections
