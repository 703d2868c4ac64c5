"""The file ``resolv.conf``: whom a program asks for names, and which suffixes it tries.

References
----------
resolv.conf(5); pkg/kubelet/network/dns/dns.go: parseResolvConf, appendOptions (v1.37)
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from k8smodels.api.intstr import int_value

_MOST_BYTES = 10 * 2**20
_MOST_DOTS = 15


class ResolvConfError(ValueError):
    """A file that the kubelet cannot read. Its message is the kubelet's."""


@dataclass(frozen=True, slots=True)
class ResolvConf:
    """A resolver's configuration.

    Attributes
    ----------
    nameservers
        Asked in turn until one answers.
    searches
        Domains that are put behind a name.
    options
        ``ndots:5``, ``timeout:2``, ``rotate``, ...
    """

    nameservers: tuple[str, ...] = ()
    searches: tuple[str, ...] = ()
    options: tuple[str, ...] = ()

    @property
    def ndots(self) -> int:
        """How many dots a name must have to be tried as it is before anything is put behind it; 1 if nothing is said.

        The resolver takes 15 for more, and 0 for what is no number.
        """
        values = [option.removeprefix("ndots:") for option in self.options if option.startswith("ndots:")]
        return min(int_value(values[-1]), _MOST_DOTS) if values else 1

    def __str__(self) -> str:
        lines = [f"nameserver {server}" for server in self.nameservers]
        lines += [f"search {' '.join(self.searches)}"] if self.searches else []
        lines += [f"options {' '.join(self.options)}"] if self.options else []
        return "".join(f"{line}\n" for line in lines)


def parse_resolv_conf(text: str) -> ResolvConf:
    """The configuration that a file holds, as the kubelet reads it.

    Name servers and options add up, of several search lists the last one counts. Other lines are read over.

    Raises
    ------
    ResolvConfError
        A line ``nameserver`` names none, or the file has more than 10 MiB.
    """
    if len(text.encode(errors="surrogatepass")) > _MOST_BYTES:
        raise ResolvConfError("Encountered error while parsing resolv conf file. Error: limit reached")
    nameservers: list[str] = []
    searches: list[str] = []
    options: list[str] = []
    for line in text.split("\n"):
        word, *values = line.split() or [""]
        if word == "nameserver":
            if not values:
                empty = "Encountered error while parsing resolv conf file. Error: nameserver list is empty "
                raise ResolvConfError(empty)
            nameservers.append(values[0])
        elif word == "search":
            searches = [value.removesuffix(".") for value in values if value != "."]
        elif word == "options":
            options = merged_options(options, values)
    return ResolvConf(tuple(nameservers), tuple(searches), tuple(options))


def merged_options(options: Iterable[str], added: Iterable[str]) -> list[str]:
    """`options` with those that are `added`, which win; the kubelet writes them in no particular order."""
    return list({option.partition(":")[0]: option for option in (*options, *added)}.values())


def queries(name: str, conf: ResolvConf) -> list[str]:
    """The names that are asked for in turn, until one has records.

    A name with a dot at its end is whole, and asked for alone. One with at least `ndots` dots is tried as it is first,
    others last; in between come the search domains, in their order. This is glibc's way; musl gives up at the first
    negative answer of some kinds.

    Examples
    --------
    >>> queries("web.prod", ResolvConf(searches=("ns.svc.cluster.local", "svc.cluster.local"), options=("ndots:5",)))
    ['web.prod.ns.svc.cluster.local.', 'web.prod.svc.cluster.local.', 'web.prod.']
    """
    if name.endswith("."):
        return [name]
    domains = (domain.strip(".") for domain in conf.searches)
    longer = [f"{name}.{domain}." for domain in domains if domain]
    return [f"{name}.", *longer] if name.count(".") >= conf.ndots else [*longer, f"{name}."]
