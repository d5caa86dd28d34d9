"""Which IP addresses are everybody's: where the server may go when somebody who does not run it names the place."""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import IPv4Address, IPv6Address, IPv6Network

Address = IPv4Address | IPv6Address

NAT64 = IPv6Network("64:ff9b::/96")  # where machines without IPv4 find the others
COMPATIBLE = IPv6Network("::/96")  # the earlier way to write an IPv4 address as an IPv6 one


def is_public(address: Address) -> bool:
    """Whether it lies outside of every network that is somebody's own: loopback, private, link-local (where clouds keep
    their metadata), shared by a carrier, multicast, reserved. An IPv6 address that leads to an IPv4 one is as that."""
    inner = list(_inside(address))
    if inner:
        return all(is_public(one) for one in inner)
    is_own = address.is_multicast or address.is_reserved or address.is_unspecified or address.is_loopback
    return address.is_global and not is_own and not getattr(address, "is_site_local", False)


def _inside(address: Address) -> Iterable[IPv4Address]:
    if isinstance(address, IPv4Address):
        return
    if address.ipv4_mapped:
        yield address.ipv4_mapped
    if address.sixtofour:
        yield address.sixtofour
    if address.teredo:
        yield from address.teredo
    if address in COMPATIBLE or address in NAT64:
        yield IPv4Address(int(address) & 0xFFFFFFFF)
