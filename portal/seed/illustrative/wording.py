"""Titles and descriptions of illustrative records, put together from the phrases of their subject."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

from portal.seed.illustrative.layout import Layout
from portal.seed.illustrative.periods import NEW_UNITS_SINCE
from portal.seed.illustrative.slots import Slot
from portal.seed.illustrative.subjects import Phrases
from portal.seed.illustrative.values import MEASURED
from portal.seed.vocabularies import PlaceRow
from portal.text import LocalizedText

_SPLIT_VI = {
    "units": "theo phường, xã",
    "communes": "theo xã",
    "districts": "theo quận, huyện",
    "groups": "theo tổ dân phố",
    "hamlets": "theo thôn",
    "months": "theo tháng",
    "days": "theo ngày",
}
_SPLIT_EN = {
    "units": " by ward and commune",
    "communes": " by commune",
    "districts": " by district",
    "groups": " by residential group",
    "hamlets": " by hamlet",
    "months": " by month",
    "days": " by day",
    "years": " by year",
}


def pick(choices: Sequence[str], random: Random) -> str:
    """One of `choices`."""
    return choices[int(random.random() * len(choices))]


def unit_in_sentence(unit: PlaceRow) -> str:
    """`phường Hải Châu`: the kind in lower case, as inside a sentence."""
    return unit.name.vi[:1].lower() + unit.name.vi[1:]


def title_of(slot: Slot, layout: Layout, random: Random) -> LocalizedText:
    """The title: what, of what, where, when; unique because a slot is."""
    head = slot.subject.titles[int(random.random() * len(slot.subject.titles))]
    period = slot.period.vi if random.random() < 0.7 else slot.period.short_vi
    split = _SPLIT_VI.get(layout.kind, "") if " theo " not in head.vi else ""
    where = _place_in_title(slot, head.vi, random)
    # Place and split in one title only where the table is short enough for its title to stay short.
    if split and (slot.unit is None or random.random() < 0.35):
        middle = split if slot.unit is None else f"{split} {where}"
    else:
        middle = where
    vi = " ".join(part for part in (head.vi, middle, period) if part)
    english_split = _SPLIT_EN.get(layout.kind, "") if " by " not in (head.en or "") else ""
    place = f" in {slot.unit.name.en}" if slot.unit else ""
    return LocalizedText(vi, f"{head.en}{english_split}{place}, {slot.period.en}")


def _place_in_title(slot: Slot, head: str, random: Random) -> str:
    if slot.unit is None:
        return pick(("", "", "trên địa bàn thành phố"), random)
    return f"{_at(head, random)} {unit_in_sentence(slot.unit)}"


def _at(before: str, random: Random) -> str:
    """`trên địa bàn` or `tại`, which a sentence has only once."""
    return "trên địa bàn" if " tại " in before else pick(("trên địa bàn", "tại"), random)


def description_of(slot: Slot, layout: Layout, phrases: Phrases, random: Random) -> LocalizedText:
    """What the table holds, how it is gathered and what it serves; the last paragraph is the label."""
    return LocalizedText(
        f"{_body_vi(slot, layout, phrases, random)}\n\n{phrases.label.vi}",
        f"{_body_en(slot, layout, phrases, random)}\n\n{phrases.label.en}",
    )


def _body_vi(slot: Slot, layout: Layout, phrases: Phrases, random: Random) -> str:
    subject = slot.subject
    pattern = pick(subject.about, random)
    about = pattern.format(noi=_where(slot, pattern, random), ky=slot.period.vi, moc=_day_vi(slot))
    each = subject.item.vi.replace("một ", "mỗi ", 1)
    row = pick(phrases.rows[layout.kind].vi, random).format(dong=subject.item.vi, moi=each)
    method = pick(subject.method, random) if random.random() < 0.75 else ""
    use = pick(subject.use, random) if random.random() < 0.8 else ""
    blank = pick(phrases.missing, random) if _may_be_blank(slot, layout) and random.random() < 0.4 else ""
    boundary = phrases.boundary.vi if needs_boundary_note(slot, layout) else ""
    order = (about, row, method, boundary, blank, use) if random.random() < 0.6 else (
        about, method, row, boundary, blank, use
    )  # fmt: skip
    return " ".join(sentence for sentence in order if sentence)


def _body_en(slot: Slot, layout: Layout, phrases: Phrases, random: Random) -> str:
    about = pick(slot.subject.about_en, random).rstrip(".")
    where = slot.unit.name.en if slot.unit else "the whole city"
    row = phrases.rows[layout.kind].en.format(dong=slot.subject.item.en)
    boundary = phrases.boundary.en if needs_boundary_note(slot, layout) else ""
    sentences = (f"{about}: {where}, {slot.period.en}.", row, boundary)
    return " ".join(sentence for sentence in sentences if sentence)


def needs_boundary_note(slot: Slot, layout: Layout) -> bool:
    """Whether figures from before July 2025 are told for the units made then."""
    if slot.unit is None and layout.kind not in ("units", "communes"):
        return False
    # A list tells the state of its last day.
    oldest = slot.period.end if slot.subject.rows == "list" else slot.period.start
    return oldest < NEW_UNITS_SINCE


def _may_be_blank(slot: Slot, layout: Layout) -> bool:
    """Whether the table has columns that are blank now and then, or rows with no figures at all."""
    verbs = {column.generator.verb for column in slot.subject.columns}
    return bool(verbs & MEASURED) or layout.kind in ("units", "districts")


def _where(slot: Slot, pattern: str, random: Random) -> str:
    if slot.unit is None:
        city = ("trên địa bàn thành phố", "trên địa bàn thành phố", "tại Đà Nẵng")
        return city[0] if " tại " in pattern else pick(city, random)
    return f"{_at(pattern, random)} {unit_in_sentence(slot.unit)}"


def _day_vi(slot: Slot) -> str:
    end = slot.period.end
    return f"ngày {end.day} tháng {end.month} năm {end.year}"
