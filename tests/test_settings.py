from __future__ import annotations

import stat
from pathlib import Path

import pytest

from portal.settings import SecretKeyMissing, SettingInvalid, Settings, read_settings, secret_key


def test_nothing_is_needed_to_run():
    settings = read_settings({})
    assert settings.public_url == "http://127.0.0.1:8000"
    assert settings.var.is_absolute()
    assert settings.is_loopback
    assert settings.catalogue_url.startswith("sqlite:///")


def test_variables_are_read_by_the_type_of_their_field():
    settings = read_settings(
        {
            "PORTAL_PORT": "8123",
            "PORTAL_HOSTS": "a.vn, b.vn,",
            "PORTAL_HIDE_ILLUSTRATIVE": "1",
            "PORTAL_BASE_URL": "https://dulieu.vn/",
            "PORTAL_VAR": "/srv/x",
            "PORTAL_WORKERS": " ",
        }
    )
    assert (settings.port, settings.hosts, settings.hide_illustrative) == (8123, ("a.vn", "b.vn"), True)
    assert (settings.public_url, settings.var, settings.workers) == ("https://dulieu.vn", Path("/srv/x"), 2)
    assert {"dulieu.vn", "a.vn", "127.0.0.1"} <= set(settings.trusted_hosts)


@pytest.mark.parametrize(
    ("name", "value"), [("PORTAL_PORT", "x"), ("PORTAL_PORT", "-1"), ("PORTAL_HIDE_ILLUSTRATIVE", "maybe")]
)
def test_a_bad_value_names_its_variable(name: str, value: str):
    with pytest.raises(SettingInvalid) as refusal:
        read_settings({name: value})
    assert name in refusal.value.text.vi


def test_the_secret_key_is_made_once_on_loopback_and_demanded_in_public(tmp_path: Path):
    own = Settings(var=tmp_path)
    assert secret_key(own) == secret_key(own)
    assert len(secret_key(own)) >= 32
    assert stat.S_IMODE((tmp_path / "secret-key").stat().st_mode) == 0o600
    for key in ("", "short"):
        with pytest.raises(SecretKeyMissing):
            secret_key(Settings(var=tmp_path, base_url="https://dulieu.vn", secret_key=key))
    assert secret_key(Settings(base_url="https://dulieu.vn", secret_key="k" * 32)) == "k" * 32


@pytest.mark.parametrize(
    ("bind", "address"),
    [
        ("", None),
        ("127.0.0.1:9100", ("127.0.0.1", 9100)),
        ("[::1]:9100", ("::1", 9100)),
        ("may:1", ("may", 1)),
    ],
)
def test_the_address_of_metrics_is_a_host_and_a_port(bind: str, address: tuple[str, int] | None) -> None:
    assert read_settings({"PORTAL_METRICS_BIND": bind}).metrics_address == address


@pytest.mark.parametrize(
    "bind", ["9100", "127.0.0.1", "127.0.0.1:", "a:x", "http://a:1", ":9", "a:99999", "a:1/b"]
)
def test_what_is_no_such_address_stops_the_start(bind: str) -> None:
    with pytest.raises(SettingInvalid, match="PORTAL_METRICS_BIND"):
        read_settings({"PORTAL_METRICS_BIND": bind})
