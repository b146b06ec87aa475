"""The tables of the catalogue, one family per file."""

# The trail listens to every session that may write these tables.
import portal.catalog.audit  # noqa: F401
from portal.catalog.models.agency import Agency
from portal.catalog.models.audit import AuditEntry
from portal.catalog.models.base import Base, When, when_text
from portal.catalog.models.concept import Concept, Vocabulary
from portal.catalog.models.dataset import Dataset, State, dataset_place, dataset_theme
from portal.catalog.models.digest import TableDigest, TableKey
from portal.catalog.models.distribution import Distribution, DistributionKind, FileVersion
from portal.catalog.models.history import CatalogueInfo, Change, Cursor, ObjectKind, Revision
from portal.catalog.models.place import Place, PlaceSuccession
from portal.catalog.models.series import Series
from portal.catalog.models.table import DataTable, Reading, table_uuid
from portal.catalog.models.word import Word, WordKind

__all__ = [
    "Agency",
    "AuditEntry",
    "Base",
    "CatalogueInfo",
    "Change",
    "Concept",
    "Cursor",
    "DataTable",
    "Dataset",
    "Distribution",
    "DistributionKind",
    "FileVersion",
    "ObjectKind",
    "Place",
    "PlaceSuccession",
    "Reading",
    "Revision",
    "Series",
    "State",
    "TableDigest",
    "TableKey",
    "Vocabulary",
    "When",
    "Word",
    "WordKind",
    "dataset_place",
    "dataset_theme",
    "table_uuid",
    "when_text",
]
