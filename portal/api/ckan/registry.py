"""The actions by name, and how one joins them: a function, its docstring being its help."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass

from portal.api.ckan.calls import Call
from portal.exchange.values import JsonValue

Run = Callable[[Call], JsonValue]


@dataclass(frozen=True, slots=True)
class Action:
    """One action. What writes is asked for by POST and needs a token."""

    name: str
    run: Run
    writes: bool

    @property
    def help(self) -> str:
        """What `help_show` tells."""
        return inspect.getdoc(self.run) or ""


ACTIONS: dict[str, Action] = {}


def reads(run: Run) -> Run:
    """Adds an action of this name that changes nothing."""
    ACTIONS[run.__name__] = Action(run.__name__, run, writes=False)
    return run


def writes(run: Run) -> Run:
    """Adds an action of this name that changes something."""
    ACTIONS[run.__name__] = Action(run.__name__, run, writes=True)
    return run
