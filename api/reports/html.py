"""The report as one HTML document; it needs no other file."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import lru_cache

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from alert_rules.advice import Advice, AdviceError, advice
from alert_rules.rule import Severity
from api.analysis.diagnosis import diagnose
from api.analysis.tree import Area, Diagnosis, Grade, Replacement, Subject, SubjectDiagnosis
from api.display import charts, words
from api.display.formats import Formats, clean
from api.readings import condition
from api.readings.condition import Health
from api.readings.drive import Drive
from api.readings.history import Daily
from api.reports.inputs import ReportInputs
from api.reports.view import DeviceView, ReportView, headline, view_of
from collectors.text import Lang, Text

CHAPTERS = (
    ("actions", Text("おすすめの対応と手順", "What to do, step by step")),
    ("devices", Text("機器の一覧", "Devices at a glance")),
    ("areas", Text("分野ごとの評価", "Area by area")),
    ("analysis", Text("機器情報の分析", "Analysis of the devices")),
    ("details", Text("機器ごとの詳細", "Device by device")),
    ("printers", Text("プリンター・複合機", "Printers")),
    ("lifecycle", Text("使用年数と入れ替えの計画", "Age, and what to replace")),
    ("software", Text("ソフトウェアと資産", "Software and assets")),
    ("alerts", Text("検知の統計", "Findings in numbers")),
    ("quality", Text("データの品質", "Quality of the data")),
    ("reading", Text("このレポートの読み方", "How to read this report")),
    ("disclaimer", Text("ご注意（免責事項）", "Disclaimer")),
)
"""In their order; the name is that of the template and of the anchor."""

_OPTIONAL = "analysis"
"""The chapter of an option of contracts."""

MOST_FACTS, MOST_REASONS, MOST_CHANGES = 12, 4, 30
"""Of a list that says how many more there are."""

MOST_IN_FULL = 10
"""Devices that all have a section of their own; of more, those that are fine share a table, a line each."""

_SHORT_AREA = {
    Area.SECURITY: Text("防御", "Sec."),
    Area.HARDWARE: Text("健康", "Health"),
    Area.CAPACITY: Text("容量", "Room"),
    Area.AVAILABILITY: Text("稼働", "Up"),
    Area.EQUIPMENT: Text("機器", "Equip."),
    Area.CONSUMABLES: Text("消耗", "Suppl."),
}
"""Over narrow columns."""


def render_html(inputs: ReportInputs, diagnosis: Diagnosis | None = None) -> str:
    """Return the document; the same inputs give the same text."""
    return _render("report.html", inputs, diagnosis or diagnose(inputs))


def render_summary(inputs: ReportInputs, diagnosis: Diagnosis | None = None) -> str:
    """Return the document of one page that says the most important of it."""
    return _render("summary.html", inputs, diagnosis or diagnose(inputs))


def _render(name: str, inputs: ReportInputs, diagnosis: Diagnosis) -> str:
    view, formats = view_of(inputs), Formats(inputs.lang)
    subjects = {each.subject.id: each for each in (*diagnosis.devices, *diagnosis.equipment)}
    health = {each.facts.id: _health(each, subjects[each.facts.id]) for each in view.devices}
    return (
        _environment()
        .get_template(name)
        .render(
            view=view,
            inputs=inputs,
            d=diagnosis,
            chapters=[each for each in CHAPTERS if each[0] != _OPTIONAL or inputs.analysis],
            subjects=subjects,
            health=health,
            brief=_brief(view, subjects, health),
            by_id={device.facts.id: device for device in view.devices},
            printed={each.subject.id: each for each in diagnosis.printers},
            anchors=_anchors(view),
            short=_SHORT_AREA,
            replacements=_together(diagnosis.lifecycle.replacements),
            grades=tuple(Grade),
            severities={str(severity): severity.text for severity in Severity},
            advised=lambda name: _advised(name, inputs.lang),
            most_facts=MOST_FACTS,
            most_reasons=MOST_REASONS,
            most_changes=MOST_CHANGES,
            lang=inputs.lang,
            f=formats,
            t=lambda ja, en: Text(ja, en).in_(inputs.lang),
            headline=formats.text(headline(Counter(health.values()), len(view.devices))),
            words=words,
            bar=charts.bar,
            silent_after=condition.SILENT_IN_REPORT,
            limits=condition,
            trend=lambda daily, name: _trend(daily, name, formats),
            summary=lambda daily: _summary(daily, formats),
            between=lambda daily: _between(daily, formats),
            drive_facts=lambda drive: _drive_facts(drive, formats),
            examined=lambda text: _title(text, formats),
        )
    )


@lru_cache(maxsize=1)
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("api.reports"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_cleaned,
    )


_PICTURES = re.compile("[\U0001f000-\U0001faff\ufe0e\ufe0f\u200d\u20e3]+")
"""Emoji, with what joins and varies them: the fonts of a report have none, and an empty box says less than a geta."""


def _cleaned(value: object) -> object:
    if not isinstance(value, str) or isinstance(value, Markup):
        return value
    return _PICTURES.sub("〓", clean(value))


def _trend(daily: Daily, name: str, formats: Formats) -> Markup:
    return charts.line(daily.values, f"{name}: {', '.join(_summary(daily, formats))}", top=100.0)


def _health(device: DeviceView, graded: SubjectDiagnosis) -> Health:
    """Return how a device stands by its last values and by what rules found: no "fine" beside a bad grade."""
    if device.condition.health is not Health.FINE or graded.overall.grade in {None, Grade.A}:
        return device.condition.health
    return Health.ATTENTION if any(reason.lasts for reason in graded.overall.reasons) else Health.FINE


def _brief(
    view: ReportView, subjects: Mapping[str, SubjectDiagnosis], health: Mapping[str, Health]
) -> list[DeviceView]:
    """Return the devices of a large office of which a line says all there is to say."""
    if len(view.devices) <= MOST_IN_FULL:
        return []
    fine = (device for device in view.devices if health[device.facts.id] is Health.FINE)
    return [each for each in fine if not any(reason.lasts for reason in subjects[each.facts.id].overall.reasons)]


def _anchors(view: ReportView) -> Mapping[str, str]:
    """Return the sections of devices and printers by id."""
    devices = {device.facts.id: device.anchor for device in view.devices}
    return {**devices, **{printer.reading.asset: printer.anchor for printer in view.printers}}


def _together(replacements: Sequence[Replacement]) -> list[tuple[Replacement, list[Subject]]]:
    """Put what is alike for several devices into one row."""
    rows: dict[tuple[object, ...], tuple[Replacement, list[Subject]]] = {}
    for each in replacements:
        rows.setdefault((each.quarter, each.is_due, each.what, each.reason), (each, []))[1].append(each.subject)
    return list(rows.values())


def _advised(name: str, lang: Lang) -> Advice | None:
    try:
        return advice(name, lang) if name else None
    except AdviceError:  # a report of another version may name a page that is gone
        return None


def _summary(daily: Daily, formats: Formats) -> list[str]:
    """Tell a line in words: its lowest, highest and latest day."""
    if not daily.known:
        return [formats.text(Text("データなし", "no data"))]
    values = (("最小", "min", min(daily.known)), ("最大", "max", max(daily.known)), ("直近", "latest", daily.known[-1]))
    return [f"{formats.text(Text(ja, en))} {formats.percent(value)}" for ja, en, value in values]


def _between(daily: Daily, formats: Formats) -> str:
    """Tell a line by its lowest and highest day."""
    if not daily.known:
        return formats.text(Text("データなし", "no data"))
    low, high = formats.percent(min(daily.known)), formats.percent(max(daily.known))
    return formats.text(Text(f"{low}〜{high}", f"{low} to {high}"))


def _drive_facts(drive: Drive, formats: Formats) -> list[str]:
    """Return what is known of a drive beside its verdict."""
    facts = (
        (drive.celsius, Text("{}", "{}"), formats.celsius(drive.celsius)),
        (drive.power_on_hours, Text("通電 {} 時間", "{} hours powered on"), formats.count(drive.power_on_hours)),
        (
            drive.wear_percent,
            Text("書き込み寿命の消費 {}", "{} of rated life used"),
            formats.percent(drive.wear_percent),
        ),
    )
    return [formats.text(said).format(value) for known, said, value in facts if known is not None]


_ASIDE = re.compile(r"（| \(|;|,? (?:for|of) the device as a whole")
"""What the catalogue adds to a title for those who write inputs begins with one of these."""


def _title(text: Text, formats: Formats) -> str:
    """Return what is examined, without asides."""
    return _ASIDE.split(formats.text(text), maxsplit=1)[0]
