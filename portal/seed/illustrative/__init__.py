"""Records labelled as illustrative: what a city catalogue may hold, with figures made by the computer."""

from portal.seed.illustrative.records import NotEnoughSubjects, illustrative_datasets

__all__ = ["NotEnoughSubjects", "illustrative_datasets"]
