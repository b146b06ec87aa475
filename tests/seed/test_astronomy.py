"""Sun and moon against instants that almanacs print."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta

import pytest

from portal.seed.astronomy import Longitude, crossings, elongation, sun_longitude


@pytest.mark.parametrize(
    ("of", "degrees", "printed", "minutes"),
    [
        # New moon of the solar eclipse of 8 April 2024, and full moons of two lunar eclipses of 2025.
        (elongation, 0, datetime(2024, 4, 8, 18, 21, tzinfo=UTC), 3),
        (elongation, 180, datetime(2025, 3, 14, 6, 55, tzinfo=UTC), 3),
        (elongation, 180, datetime(2025, 9, 7, 18, 9, tzinfo=UTC), 3),
        (elongation, 90, datetime(2024, 8, 12, 15, 19, tzinfo=UTC), 3),
        (sun_longitude, 0, datetime(2024, 3, 20, 3, 6, tzinfo=UTC), 15),
        (sun_longitude, 90, datetime(2025, 6, 21, 2, 42, tzinfo=UTC), 15),
        (sun_longitude, 180, datetime(2025, 9, 22, 18, 19, tzinfo=UTC), 15),
        (sun_longitude, 270, datetime(2024, 12, 21, 9, 21, tzinfo=UTC), 15),
    ],
)
def test_crossings_agree_with_almanacs(of: Longitude, degrees: int, printed: datetime, minutes: int) -> None:
    around = crossings(of, 90, printed - timedelta(days=3), printed + timedelta(days=3))
    [(reached, moment)] = list(around)
    assert reached == degrees
    assert abs(moment - printed) < timedelta(minutes=minutes)


def test_crossings_are_in_order_and_none_is_left_out() -> None:
    start, end = datetime(2020, 1, 1, tzinfo=UTC), datetime(2031, 1, 1, tzinfo=UTC)
    for of, step in ((sun_longitude, 15), (elongation, 90)):
        found = list(crossings(of, step, start, end))
        moments = [moment for _, moment in found]
        assert moments == sorted(moments)
        assert all((after - before) % 360 == step for (before, _), (after, _) in itertools.pairwise(found))
