"""What stewards must state before the public sees a dataset; imports are taken as they come."""

from __future__ import annotations

from collections.abc import Callable, Collection

from portal.catalog.actors import SYSTEM, Actor
from portal.catalog.models import Dataset, State
from portal.errors import Invalid
from portal.text import LocalizedText

# By the name that the field has for those who write. `title` is required of every dataset, drafts too.
_REQUIRED: dict[str, Callable[[Dataset], bool]] = {
    "title": lambda dataset: bool(dataset.title_vi),
    "description": lambda dataset: bool(dataset.description_vi),
    "agency": lambda dataset: dataset.agency is not None,
    "licence": lambda dataset: dataset.licence is not None,
    "themes": lambda dataset: bool(dataset.themes),
}
_ON_THE_WAY_OUT = (State.SCHEDULED, State.PUBLISHED)
_NEEDED = LocalizedText("Bắt buộc phải có để công bố.", "Needed for a public dataset.")


class Incomplete(Invalid):
    """Something that every public dataset must state is not stated; `fields` names all of it at once."""

    message = LocalizedText(
        "Chưa thể công bố vì còn thiếu thông tin bắt buộc.",
        "This cannot be public: required information is missing.",
    )


def missing(dataset: Dataset) -> frozenset[str]:
    """Names of what is not stated; agency, licence and themes must be loaded."""
    return frozenset(name for name, is_stated in _REQUIRED.items() if not is_stated(dataset))


def require_complete(actor: Actor, dataset: Dataset) -> None:
    """Before a steward makes a dataset public, now or by the clock. Raises Incomplete."""
    if actor is not SYSTEM:
        _refuse(missing(dataset))


def require_no_loss(actor: Actor, dataset: Dataset, before: Collection[str]) -> None:
    """After a change: what is public keeps what it had; what an import never stated may be added piece by piece.

    `before`: what was missing then. Raises Incomplete.
    """
    if actor is not SYSTEM and dataset.state in _ON_THE_WAY_OUT:
        _refuse(missing(dataset) - frozenset(before))


def _refuse(names: Collection[str]) -> None:
    if names:
        raise Incomplete(fields={name: _NEEDED for name in _REQUIRED if name in names})
