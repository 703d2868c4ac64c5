"""What a plugin reports: interfaces, addresses, routes and name servers, in each version's own form.

References
----------
github.com/containernetworking/cni v1.3.0: pkg/types/{types.go,020,040,100}, pkg/types/create
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from k8smodels.api.gotext import quote
from k8smodels.api.structure import JSON
from k8smodels.network.cni.addresses import Address, AddressWithPrefix, cidr_of, ip_of
from k8smodels.network.cni.gojson import type_error

_LEGACY = ("0.1.0", "0.2.0")
_WITH_IP_VERSION = ("0.3.0", "0.3.1", "0.4.0")
_CURRENT = ("1.0.0", "1.1.0")
_NUMBERS = ("mtu", "advmss", "priority", "table", "scope")


class ResultError(ValueError):
    """A result that cannot be read, or not be had in another version; the text is libcni's."""


@dataclass(frozen=True, slots=True)
class Interface:
    """A network interface; in the pod if it has a `sandbox`, the path of a network namespace.

    Only version 1.0.0 and newer know `mtu`, `socket_path` and `pci_id`.
    """

    name: str
    mac: str = ""
    mtu: int = 0
    sandbox: str = ""
    socket_path: str = ""
    pci_id: str = ""

    def to_json(self) -> dict[str, JSON]:
        """The interface in a result."""
        rest = {"mac": self.mac, "mtu": self.mtu, "sandbox": self.sandbox}
        rest |= {"socketPath": self.socket_path, "pciID": self.pci_id}
        return {"name": self.name, **_set(rest)}


@dataclass(frozen=True, slots=True)
class Route:
    """A route of the pod; without `gw` it goes to the gateway of the first address of its family."""

    dst: AddressWithPrefix
    gw: Address | None = None
    mtu: int = 0
    advmss: int = 0
    priority: int = 0
    table: int | None = None
    scope: int | None = None

    def to_json(self) -> dict[str, JSON]:
        """The route in a result."""
        numbers = {"mtu": self.mtu, "advmss": self.advmss, "priority": self.priority}
        optional = {"table": self.table, "scope": self.scope}
        given = {name: number for name, number in optional.items() if number is not None}
        return {"dst": str(self.dst), **_set({"gw": _text(self.gw), **numbers}), **given}


@dataclass(frozen=True, slots=True)
class IPConfig:
    """An address: of which interface of the result's list, by index, and its gateway.

    `version`, ``4`` or ``6``, is part of versions 0.3.0 to 0.4.0 only; it is none in the others.
    """

    address: AddressWithPrefix
    gateway: Address | None = None
    interface: int | None = None
    version: str | None = None

    def to_json(self, with_version: bool) -> dict[str, JSON]:
        """The address in a result."""
        version = {"version": self.version} if with_version else {}
        index = {} if self.interface is None else {"interface": self.interface}
        return {**version, **index, "address": str(self.address), **_set({"gateway": _text(self.gateway)})}


@dataclass(frozen=True, slots=True)
class DNS:
    """Name servers for the pod. Kubernetes ignores them: the kubelet writes ``resolv.conf``."""

    nameservers: tuple[str, ...] = ()
    domain: str = ""
    search: tuple[str, ...] = ()
    options: tuple[str, ...] = ()

    def to_json(self) -> dict[str, JSON]:
        """The name servers in a result."""
        lists = {"nameservers": list(self.nameservers), "search": list(self.search), "options": list(self.options)}
        return _set({**lists, "domain": self.domain})

    @classmethod
    def from_json(cls, document: JSON) -> DNS:
        """The name servers of a result or a configuration."""
        fields = _object(document, "dns")
        lists = (_texts(fields, name) for name in ("nameservers", "search", "options"))
        nameservers, search, options = lists
        return cls(nameservers, _word(fields, "domain"), search, options)


@dataclass(frozen=True, slots=True)
class Result:
    """What a chain of plugins has made so far, in the form of version 0.3.0 and newer."""

    version: str
    interfaces: tuple[Interface, ...] = ()
    ips: tuple[IPConfig, ...] = ()
    routes: tuple[Route, ...] = ()
    dns: DNS = DNS()

    def to_json(self) -> dict[str, JSON]:
        """The result as it is printed: from 1.0.0 on without an empty ``dns``, before always with one."""
        older = self.version in _WITH_IP_VERSION
        lists = {
            "interfaces": [interface.to_json() for interface in self.interfaces],
            "ips": [ip.to_json(older) for ip in self.ips],
            "routes": [route.to_json() for route in self.routes],
        }
        dns = self.dns.to_json()
        return {"cniVersion": self.version, **_set(lists), **({"dns": dns} if dns or older else {})}


@dataclass(frozen=True, slots=True)
class LegacyIP:
    """The one address of a family that versions before 0.3.0 know, with its routes."""

    ip: AddressWithPrefix
    gateway: Address | None = None
    routes: tuple[Route, ...] = ()

    def to_json(self) -> dict[str, JSON]:
        """The address in a result."""
        routes = [route.to_json() for route in self.routes]
        return {"ip": str(self.ip), **_set({"gateway": _text(self.gateway), "routes": routes})}


@dataclass(frozen=True, slots=True)
class LegacyResult:
    """A result in the form of versions 0.1.0 and 0.2.0: no interfaces, at most one address a family."""

    version: str
    ip4: LegacyIP | None = None
    ip6: LegacyIP | None = None
    dns: DNS = DNS()

    def to_json(self) -> dict[str, JSON]:
        """The result as it is printed."""
        families = {"ip4": self.ip4 and self.ip4.to_json(), "ip6": self.ip6 and self.ip6.to_json()}
        return {"cniVersion": self.version, **_set(families), "dns": self.dns.to_json()}


AnyResult = Result | LegacyResult


def result_from_json(document: Mapping[str, JSON]) -> AnyResult:
    """The result that a plugin printed; without ``cniVersion`` it is of version 0.1.0.

    Raises
    ------
    ResultError
        No such version.
    JSONError, AddressError
        A field is wrong: the first one, in the order of the text.
    """
    version = _word(document, "cniVersion") or "0.1.0"
    if version not in (*_LEGACY, *_WITH_IP_VERSION, *_CURRENT):
        raise ResultError(f"unsupported CNI result version {quote(version)}")
    if version in _LEGACY:
        return LegacyResult(version, **_read(document, {"ip4": _legacy_ip, "ip6": _legacy_ip, "dns": DNS.from_json}))
    current = version in _CURRENT
    readers: _Readers = {
        "interfaces": lambda items: tuple(_interface(item, current) for item in _objects(items, "interfaces")),
        "ips": lambda items: tuple(_ip(item, with_version=not current) for item in _objects(items, "ips")),
        "routes": lambda items: tuple(route_from_json(item) for item in _objects(items, "routes")),
        "dns": DNS.from_json,
    }
    return Result(version, **_read(document, readers))


def route_from_json(document: Mapping[str, JSON]) -> Route:
    """A route of a result or an IPAM section.

    Raises
    ------
    JSONError, AddressError
        A field is wrong.
    """
    readers: _Readers = {"dst": cidr_of, "gw": lambda value: ip_of(value, "route.gw")}
    readers |= {name: _integer(f"route.{name}") for name in _NUMBERS}
    return Route(**{"dst": None, **_read(document, readers)})


_Readers = dict[str, Callable[[JSON], Any]]


def _read(document: Mapping[str, JSON], readers: Mapping[str, Callable[[JSON], Any]]) -> dict[str, Any]:
    """The fields that are there, in the order of the text: so the first wrong one is reported."""
    return {name: readers[name](value) for name, value in document.items() if name in readers and value is not None}


def _interface(document: Mapping[str, JSON], current: bool) -> Interface:
    name, mac, sandbox = (_word(document, key) for key in ("name", "mac", "sandbox"))
    if not current:
        return Interface(name, mac, sandbox=sandbox)
    mtu = _read(document, {"mtu": _integer("Interface.mtu")}).get("mtu", 0)
    return Interface(name, mac, mtu, sandbox, _word(document, "socketPath"), _word(document, "pciID"))


def _ip(document: Mapping[str, JSON], *, with_version: bool) -> IPConfig:
    readers: _Readers = {
        "address": cidr_of,
        "gateway": lambda value: ip_of(value, "ipConfig.gateway"),
        "interface": _integer("ipConfig.interface"),
    }
    version = _word(document, "version") if with_version else None
    return IPConfig(**{"address": None, **_read(document, readers), "version": version})


def _legacy_ip(document: JSON) -> LegacyIP:
    readers: _Readers = {
        "ip": cidr_of,
        "gateway": lambda value: ip_of(value, "ipConfig.gateway"),
        "routes": lambda items: tuple(route_from_json(item) for item in _objects(items, "routes")),
    }
    return LegacyIP(**{"ip": None, **_read(_object(document, "ip"), readers)})


def _set(fields: Mapping[str, JSON]) -> dict[str, JSON]:
    """The fields that are not empty."""
    return {name: value for name, value in fields.items() if value}


def _text(address: Address | None) -> str:
    return "" if address is None else str(address)


def _object(value: JSON, name: str) -> Mapping[str, JSON]:
    if value is not None and not isinstance(value, dict):
        raise type_error(value, f"Result.{name}", "types.DNS" if name == "dns" else "struct")
    return value or {}


def _objects(value: JSON, name: str) -> Iterable[Mapping[str, JSON]]:
    if not isinstance(value, list):
        raise type_error(value, f"Result.{name}", "[]struct")
    return [_object(item, name) for item in value]


def _texts(document: Mapping[str, JSON], name: str) -> tuple[str, ...]:
    value = document.get(name)
    if value is not None and not isinstance(value, list):
        raise type_error(value, f"DNS.{name}", "[]string")
    wrong = [item for item in value or () if not isinstance(item, str)]
    if wrong:
        raise type_error(wrong[0], f"DNS.{name}", "string")
    return tuple(value or ())


def _word(document: Mapping[str, JSON], name: str) -> str:
    value = document.get(name)
    if value is not None and not isinstance(value, str):
        raise type_error(value, f"Result.{name}", "string")
    return value or ""


def _integer(field: str) -> Callable[[JSON], int]:
    def read(value: JSON) -> int:
        if not isinstance(value, int) or isinstance(value, bool):
            raise type_error(value, field, "int")
        return value

    return read
