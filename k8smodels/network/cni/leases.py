"""The files in which host-local keeps what it has given: one an address, and the last address of each set.

A file's name is the address, its content the container and the interface, in two lines.

References
----------
github.com/containernetworking/plugins v1.9.1: plugins/ipam/host-local/backend/disk/backend.go
"""

from __future__ import annotations

from collections.abc import Mapping

from k8smodels.network.cni.addresses import Address, AddressError, parse_ip

DATA_DIR = "/var/lib/cni/networks"
LINE_BREAK = "\r\n"
_LAST = "last_reserved_ip."

Leases = Mapping[str, str]
"""The text of each file of a network's directory, by name."""


def lease_text(container_id: str, if_name: str) -> str:
    """What the file of an address holds."""
    return container_id.strip() + LINE_BREAK + if_name


def reserved(leases: Leases, address: Address, container_id: str, if_name: str, set_index: int) -> Leases | None:
    """The files once the address is given; none if someone has it."""
    if str(address) in leases:
        return None
    text = lease_text(container_id, if_name)
    return {**leases, str(address): text, f"{_LAST}{set_index}": str(address)}


def last_reserved(leases: Leases, set_index: int) -> Address | None:
    """The address of the set that was given last, even if it is free again."""
    return _address(leases.get(f"{_LAST}{set_index}", ""))


def released(leases: Leases, container_id: str, if_name: str) -> Leases:
    """The files without the addresses of the interface; without any such, of the container in the form before 0.7."""
    for text in (lease_text(container_id, if_name), container_id.strip()):
        left = {name: held for name, held in leases.items() if held.strip() != text}
        if len(left) < len(leases):
            return left
    return leases


def addresses_of(leases: Leases, container_id: str, if_name: str) -> list[Address]:
    """The addresses that the interface has, in the order of the files' names."""
    mine = (lease_text(container_id, if_name), container_id.strip())
    found = (_address(name) for name, held in sorted(leases.items()) if held.strip() in mine)
    return [address for address in found if address is not None]


def has_lease(leases: Leases, container_id: str, if_name: str) -> bool:
    """Whether the interface has an address."""
    mine = (lease_text(container_id, if_name), container_id.strip())
    return any(held.strip() in mine for held in leases.values())


def _address(text: str) -> Address | None:
    try:
        return parse_ip(text)
    except AddressError:
        return None
