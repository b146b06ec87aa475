"""The life of a dataset as one table: which act leads from which state to which."""

from __future__ import annotations

from enum import StrEnum

from portal.catalog.models import Dataset, State
from portal.errors import Conflict
from portal.text import LocalizedText


class Act(StrEnum):
    """What can be done to a dataset; histories and the change log use these words."""

    VIEW = "view"
    CREATE = "create"
    UPDATE = "update"
    SUBMIT = "submit"
    RETURN = "return"
    SCHEDULE = "schedule"
    PUBLISH = "publish"
    WITHDRAW = "withdraw"
    RESTORE = "restore"
    TRASH = "trash"


MOVES: dict[tuple[Act, State], State] = {
    (Act.SUBMIT, State.DRAFT): State.IN_REVIEW,
    (Act.RETURN, State.IN_REVIEW): State.DRAFT,
    (Act.RETURN, State.SCHEDULED): State.DRAFT,
    (Act.SCHEDULE, State.DRAFT): State.SCHEDULED,
    (Act.SCHEDULE, State.IN_REVIEW): State.SCHEDULED,
    (Act.SCHEDULE, State.SCHEDULED): State.SCHEDULED,
    (Act.PUBLISH, State.DRAFT): State.PUBLISHED,
    (Act.PUBLISH, State.IN_REVIEW): State.PUBLISHED,
    (Act.PUBLISH, State.SCHEDULED): State.PUBLISHED,
    (Act.WITHDRAW, State.PUBLISHED): State.WITHDRAWN,
    (Act.RESTORE, State.WITHDRAWN): State.PUBLISHED,
    (Act.RESTORE, State.TRASHED): State.DRAFT,
    (Act.TRASH, State.DRAFT): State.TRASHED,
    (Act.TRASH, State.IN_REVIEW): State.TRASHED,
    (Act.TRASH, State.SCHEDULED): State.TRASHED,
}
EDITABLE = frozenset({State.DRAFT, State.IN_REVIEW, State.SCHEDULED, State.PUBLISHED})

_STATE_WORDS = {
    State.DRAFT: LocalizedText("bản nháp", "a draft"),
    State.IN_REVIEW: LocalizedText("đang chờ duyệt", "in review"),
    State.SCHEDULED: LocalizedText("đã hẹn giờ công bố", "scheduled"),
    State.PUBLISHED: LocalizedText("đã công bố", "published"),
    State.WITHDRAWN: LocalizedText("đã rút", "withdrawn"),
    State.TRASHED: LocalizedText("đã bỏ vào thùng rác", "in the trash"),
}


class MoveNotPossible(Conflict):
    """The dataset's state does not allow this act."""

    def __init__(self, state: State) -> None:
        word = _STATE_WORDS[state]
        super().__init__(
            LocalizedText(
                f"Không thực hiện được vì bộ dữ liệu {word.vi}.",
                f"This cannot be done: the dataset is {word.en}.",
            )
        )


def move(dataset: Dataset, act: Act) -> None:
    """Puts the dataset into the state that `act` leads to. Raises MoveNotPossible."""
    target = MOVES.get((act, dataset.state))
    if target is None:
        raise MoveNotPossible(dataset.state)
    dataset.state = target


def require_move(dataset: Dataset, act: Act) -> None:
    """Raises MoveNotPossible when `act` leads nowhere from here."""
    if (act, dataset.state) not in MOVES:
        raise MoveNotPossible(dataset.state)


def require_editable(dataset: Dataset) -> None:
    """Raises MoveNotPossible for what is withdrawn or in the trash: it is restored first."""
    if dataset.state not in EDITABLE:
        raise MoveNotPossible(dataset.state)
