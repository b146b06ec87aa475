"""Who may do what: one table of roles and acts, one function that needs the object in hand."""

from __future__ import annotations

from portal.catalog.actors import Actor, Role, Scope
from portal.catalog.lifecycle import Act
from portal.catalog.models import Dataset, Series, State
from portal.errors import Forbidden, NotFound
from portal.text import LocalizedText

ALLOWED: dict[Role, frozenset[Act]] = {
    # Nobody needs a role to see what is published; `may_see` knows the states.
    Role.ANYONE: frozenset(),
    Role.CONTRIBUTOR: frozenset({Act.VIEW, Act.CREATE, Act.UPDATE, Act.SUBMIT, Act.TRASH}),
    Role.PUBLISHER: frozenset(Act),
    Role.ADMINISTRATOR: frozenset(Act),
}
# What is public changes only by those who answer for publishing.
_PUBLIC_ACTS_OF_CONTRIBUTORS = frozenset({Act.VIEW})
_PUBLIC_STATES = (State.PUBLISHED, State.WITHDRAWN)
# Acts after which other things are public than before.
_PUBLISHING = frozenset({Act.SCHEDULE, Act.PUBLISH, Act.WITHDRAW, Act.RESTORE})


class DatasetNotFound(NotFound):
    """Unknown, or not to be known of: both answer alike."""

    message = LocalizedText("Không có bộ dữ liệu này.", "There is no such dataset.")


class ScopeMissing(Forbidden):
    """The person may do this; the token that was used may not."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        super().__init__(
            LocalizedText(
                f"Mã truy cập này không có phạm vi “{scope}” mà thao tác cần đến.",
                f"This token does not have the scope “{scope}” that the operation needs.",
            )
        )


class AdministratorsOnly(Forbidden):
    """Only administrators of the portal do this."""

    message = LocalizedText(
        "Chỉ quản trị viên của cổng mới thực hiện được thao tác này.",
        "Only administrators of the portal may do this.",
    )


class SeriesForeign(Forbidden):
    """A series is kept by the publishers of its agency; only their datasets belong in it."""

    message = LocalizedText(
        "Chuỗi dữ liệu này thuộc cơ quan khác, hoặc vai trò của bạn chưa cho phép.",
        "The series belongs to another agency, or your role does not allow it.",
    )


def role_towards(actor: Actor, dataset: Dataset) -> Role:
    """The actor's strongest role for this dataset: by its owner or its supplying agency."""
    if actor.is_administrator:
        return Role.ADMINISTRATOR
    held = {actor.memberships.get(agency) for agency in (dataset.agency_id, dataset.supplier_id) if agency}
    if Role.PUBLISHER in held:
        return Role.PUBLISHER
    return Role.CONTRIBUTOR if Role.CONTRIBUTOR in held else Role.ANYONE


def may_see(actor: Actor, dataset: Dataset) -> bool:
    """Published for everyone; the rest for those with a role."""
    return dataset.state is State.PUBLISHED or Act.VIEW in ALLOWED[role_towards(actor, dataset)]


def authorize(actor: Actor, act: Act, dataset: Dataset) -> None:
    """Nothing when allowed. Raises DatasetNotFound for what the actor may not know of, else Forbidden
    (ScopeMissing when it is for the token alone)."""
    if act is Act.VIEW and may_see(actor, dataset):
        return
    role = role_towards(actor, dataset)
    allowed = ALLOWED[role]
    if role is Role.CONTRIBUTOR and dataset.state in _PUBLIC_STATES:
        allowed = allowed & _PUBLIC_ACTS_OF_CONTRIBUTORS
    if act not in allowed:
        raise Forbidden if may_see(actor, dataset) else DatasetNotFound
    scope = _scope_for(act, dataset)
    if not actor.holds(scope):
        raise ScopeMissing(scope)


def require_administrator(actor: Actor) -> None:
    """For what belongs to the portal and to no agency. Raises AdministratorsOnly, ScopeMissing."""
    if not actor.is_administrator:
        raise AdministratorsOnly
    if not actor.holds(Scope.ADMIN):
        raise ScopeMissing(Scope.ADMIN)


def require_series_keeper(actor: Actor, series: Series | None) -> None:
    """For a series, which everybody sees as soon as it is there: a publisher of its agency, or an administrator.
    None: for whoever keeps any. Raises SeriesForeign, ScopeMissing."""
    published_for = {agency for agency, role in actor.memberships.items() if role is Role.PUBLISHER}
    is_keeper = bool(published_for) if series is None else series.agency_id in published_for
    if not (is_keeper or actor.is_administrator):
        raise SeriesForeign
    if not actor.holds(Scope.PUBLISH):
        raise ScopeMissing(Scope.PUBLISH)


def require_own_series(actor: Actor, dataset: Dataset) -> None:
    """A dataset goes into a series of an agency that the actor works for, in whatever role. Raises SeriesForeign."""
    series = dataset.series
    if series is not None and not actor.is_administrator and series.agency_id not in actor.memberships:
        raise SeriesForeign(fields={"series": SeriesForeign.message})


def _scope_for(act: Act, dataset: Dataset) -> Scope:
    if act is Act.VIEW:
        return Scope.READ
    is_publishing = act in _PUBLISHING or dataset.state in _PUBLIC_STATES
    return Scope.PUBLISH if is_publishing else Scope.WRITE
