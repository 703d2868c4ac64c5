"""How deep chains call each other, and whether they do so in a circle."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence


class CircleError(ValueError):
    """Chains that call each other in a circle; the last name is the first one again."""

    def __init__(self, names: Sequence[str]) -> None:
        super().__init__(" -> ".join(names))
        self.names = names


def call_depths(calls: Mapping[str, Sequence[str]]) -> dict[str, int]:
    """How many chains a packet may be in at once, counted from each chain.

    Depth first, without recursion: a dump may call deeper than Python does.

    Parameters
    ----------
    calls
        Every chain, with the chains that it calls in the order of its rules.

    Raises
    ------
    CircleError
        With the first circle that is met.
    """
    depth: dict[str, int] = {}
    for root in calls:
        path: dict[str, Iterator[str]] = {root: iter(calls[root])}
        while path:
            name = next(reversed(path))
            called = next((each for each in path[name] if each not in depth), None)
            if called is None:
                path.popitem()
                depth[name] = 1 + max((depth[each] for each in calls[name]), default=0)
            elif called in path:
                names = list(path)
                raise CircleError([*names[names.index(called) :], called])
            else:
                path[called] = iter(calls[called])
    return depth
