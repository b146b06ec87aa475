"""Where sun and moon stand on the ecliptic, and when they reach a longitude: thin functions over `astral`.

`astral` gives the sun after Meeus (0.01 degree) and the moon after Van Flandern and Pulkkinen (about one
minute of arc), so that instants are good to a quarter of an hour for the sun and some minutes for the moon.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

from astral import sun
from astral.moon import moon_position

Longitude = Callable[[datetime], float]
"""Degrees, 0 to 360, at an aware UTC instant."""

_J2000 = datetime(2000, 1, 1, 12, tzinfo=UTC)
_DAY = timedelta(days=1)
_STRIDE = timedelta(days=5)
# Terrestrial time runs ahead of universal time by 69 to 75 seconds between 2015 and 2050, by 57 in 1990.
_DELTA_T_DAYS = 70 / 86400


def days_since_2000(instant: datetime) -> float:
    """Days of terrestrial time since the epoch J2000.0."""
    return (instant - _J2000) / _DAY + _DELTA_T_DAYS


def sun_longitude(instant: datetime) -> float:
    """Apparent ecliptic longitude of the sun, degrees."""
    return sun.sun_apparent_long(days_since_2000(instant) / 36525) % 360


def moon_longitude(instant: datetime) -> float:
    """Ecliptic longitude of the moon, degrees."""
    days = days_since_2000(instant)
    place = moon_position(days)
    obliquity = math.radians(sun.obliquity_correction(days / 36525))
    ascension, declination = place.right_ascension, place.declination
    rising = math.sin(ascension) * math.cos(obliquity) + math.tan(declination) * math.sin(obliquity)
    return math.degrees(math.atan2(rising, math.cos(ascension))) % 360


def elongation(instant: datetime) -> float:
    """How far the moon is ahead of the sun, degrees: 0 new moon, 90 first quarter, 180 full moon."""
    return (moon_longitude(instant) - sun_longitude(instant)) % 360


def crossings(
    of: Longitude, step_degrees: int, start: datetime, end: datetime
) -> Iterator[tuple[int, datetime]]:
    """When `of` passes a multiple of `step_degrees` in [start, end): that multiple, and the UTC instant.

    Looks every five days: no term of the sun (15 degrees) and no phase of the moon (90) is shorter.
    """
    before, reached = start, of(start)
    while before < end:
        after = before + _STRIDE
        left, reached = reached, of(after)
        if reached < left or left // step_degrees != reached // step_degrees:
            target = int(reached // step_degrees) * step_degrees
            moment = _moment(of, target, before, after)
            if moment < end:
                yield target, moment
        before = after


def _moment(of: Longitude, target: int, before: datetime, after: datetime) -> datetime:
    """Secant steps until the last was shorter than a second."""

    def ahead(instant: datetime) -> float:
        return (of(instant) - target + 180) % 360 - 180

    earlier, behind = before, ahead(before)
    while abs(after - earlier) > timedelta(seconds=1):
        beyond = ahead(after)
        earlier, behind, after = after, beyond, after - (after - earlier) * (beyond / (beyond - behind))
    return after
