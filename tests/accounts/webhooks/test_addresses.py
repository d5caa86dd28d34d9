"""Where webhooks may go, as the address is written and as it resolves."""

from __future__ import annotations

from ipaddress import ip_address
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.webhooks.addresses import RefusedAddressError, judge, target_of
from accounts.webhooks.words import Failure
from groundwork.public_addresses import is_public

PRIVATE = [
    "https://127.0.0.1/",
    "https://127.1/",  # as short as resolvers take it
    "https://2130706433/",  # 127.0.0.1 as one number
    "https://0x7f000001/",
    "https://0177.0.0.1/",
    "https://0.0.0.0/",
    "https://10.1.2.3/",
    "https://172.16.0.1/",
    "https://192.168.1.1/",
    "https://169.254.169.254/latest/meta-data/",  # what a cloud tells its machines
    "https://100.64.0.1/",  # shared by a carrier
    "https://198.18.0.1/",
    "https://224.0.0.1/",
    "https://255.255.255.255/",
    "https://localhost/",
    "https://printer.localhost/",
    "https://[::1]/",
    "https://[::]/",
    "https://[::ffff:127.0.0.1]/",
    "https://[::ffff:10.0.0.1]/",
    "https://[::127.0.0.1]/",
    "https://[64:ff9b::7f00:1]/",  # 127.0.0.1 by NAT64
    "https://[64:ff9b:1::1]/",
    "https://[2002:7f00:1::]/",  # 127.0.0.1 by 6to4
    "https://[fe80::1]/",
    "https://[fec0::1]/",
    "https://[fd00:ec2::254]/",  # metadata again
    "https://[ff02::1]/",
]


def refused(address: str) -> str:
    with pytest.raises(RefusedAddressError) as error:
        target_of(address)
    return error.value.code


@pytest.mark.parametrize("address", PRIVATE)
def test_an_address_of_a_private_network_is_refused_however_it_is_written(address: str) -> None:
    assert refused(address) == "private"


@pytest.mark.parametrize(
    "address",
    [
        "https://receiver.example/hooks?a=1",
        "https://receiver.example:8443/",
        "https://8.8.8.8/",
        "https://[2001:4860:4860::8888]/",
        "https://[64:ff9b::8.8.8.8]/",
        "https://bücher.example/ä",
    ],
)
def test_a_public_address_is_taken(address: str) -> None:
    assert target_of(address).is_secure


@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("http://receiver.example/", "not_secure"),
        ("http://8.8.8.8/", "not_secure"),
        ("https://user:word@receiver.example/", "names_a_user"),
        ("https://receiver.example@127.0.0.1/", "names_a_user"),
        ("https://8.8.8.8:22/", "port"),
        ("https://8.8.8.8:25/", "port"),
        ("https://8.8.8.8:0/", "no_address"),
        ("https://8.8.8.8:99999/", "no_address"),
        ("ftp://receiver.example/", "no_address"),
        ("file:///etc/passwd", "no_address"),
        ("https:///path", "no_address"),
        ("https://receiver.example/\nHost: other", "no_address"),
        ("https://receiver.example\\@127.0.0.1/", "no_address"),
        ("https://[::1", "no_address"),
        ("https://receiver.example/" + "a" * 500, "no_address"),
        ("", "no_address"),
    ],
)
def test_an_address_is_refused_with_the_reason(address: str, code: str) -> None:
    assert refused(address) == code
    assert Failure(code).label


def test_a_port_is_judged_where_the_name_resolves_too() -> None:
    with pytest.raises(RefusedAddressError, match="port"):
        judge(target_of("https://receiver.example:22/"), ip_address("8.8.8.8"))


def test_a_network_that_the_installation_names_may_be_asked_without_tls(settings: Any) -> None:
    settings.WEBHOOK_PRIVATE_NETWORKS = ["10.20.0.0/16"]
    assert target_of("http://10.20.3.4/").port == 80
    assert target_of("https://[::ffff:10.20.3.4]:22/").port == 22
    assert refused("http://10.21.0.1/") == "private"
    judge(target_of("http://tickets.internal/"), ip_address("10.20.3.4"))
    with pytest.raises(RefusedAddressError, match="not_secure"):
        judge(target_of("http://tickets.internal/"), ip_address("8.8.8.8"))


@given(st.ip_addresses())
def test_no_address_is_public_that_the_registry_calls_private(address: Any) -> None:
    if is_public(address):
        assert address.is_global
        assert not address.is_multicast


@given(st.ip_addresses(v=4))
def test_an_ipv4_address_inside_an_ipv6_one_is_judged_as_itself(address: Any) -> None:
    assert is_public(ip_address(f"::ffff:{address}")) == is_public(address)
