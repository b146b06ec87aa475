from __future__ import annotations

from itertools import product

import pytest

from portal.catalog.actors import ANONYMOUS, SYSTEM, Actor, Role
from portal.catalog.lifecycle import MOVES, Act, MoveNotPossible, move
from portal.catalog.models import State
from portal.catalog.policies import DatasetNotFound, authorize
from portal.catalog.services.datasets import new_dataset
from portal.errors import Forbidden
from tests.catalog.conftest import NOW

OWN, OTHER = 7, 8
CONTRIBUTOR = Actor("contributor", memberships={OWN: Role.CONTRIBUTOR})
PUBLISHER = Actor("publisher", memberships={OWN: Role.PUBLISHER})
STRANGER = Actor("stranger", memberships={OTHER: Role.PUBLISHER})


def dataset(state: State):
    made = new_dataset("a", "a", NOW)
    made.state, made.agency_id = state, OWN
    return made


@pytest.mark.parametrize("state", [state for state in State if state is not State.PUBLISHED])
@pytest.mark.parametrize("actor", [ANONYMOUS, STRANGER], ids=lambda actor: actor.name)
@pytest.mark.parametrize("act", list(Act))
def test_what_is_not_public_answers_strangers_as_an_unknown_id_does(actor: Actor, act: Act, state: State):
    with pytest.raises(DatasetNotFound):
        authorize(actor, act, dataset(state))


@pytest.mark.parametrize("act", [act for act in Act if act is not Act.VIEW])
@pytest.mark.parametrize("actor", [ANONYMOUS, STRANGER, CONTRIBUTOR], ids=lambda actor: actor.name)
def test_what_is_public_is_changed_only_by_those_who_answer_for_it(actor: Actor, act: Act):
    with pytest.raises(Forbidden):
        authorize(actor, act, dataset(State.PUBLISHED))


@pytest.mark.parametrize(("act", "state"), list(product(Act, State)))
def test_publishers_of_the_agency_and_administrators_may_do_everything(act: Act, state: State):
    authorize(PUBLISHER, act, dataset(state))
    authorize(SYSTEM, act, dataset(state))


def test_contributors_prepare_and_do_not_publish():
    for act in (Act.VIEW, Act.CREATE, Act.UPDATE, Act.SUBMIT, Act.TRASH):
        authorize(CONTRIBUTOR, act, dataset(State.DRAFT))
    for act in (Act.PUBLISH, Act.SCHEDULE, Act.WITHDRAW, Act.RESTORE):
        with pytest.raises(Forbidden):
            authorize(CONTRIBUTOR, act, dataset(State.DRAFT))


def test_the_supplying_agency_counts_like_the_owner():
    made = dataset(State.DRAFT)
    made.agency_id, made.supplier_id = OTHER, OWN
    authorize(PUBLISHER, Act.PUBLISH, made)


@pytest.mark.parametrize(("act", "state"), list(product(Act, State)))
def test_every_move_is_in_the_table_or_refused(act: Act, state: State):
    made = dataset(state)
    if (act, state) in MOVES:
        move(made, act)
        assert made.state is MOVES[act, state]
    else:
        with pytest.raises(MoveNotPossible) as refusal:
            move(made, act)
        assert refusal.value.code == "move-not-possible"
        assert made.state is state
