"""``CNI_ARGS``: pairs such as ``K8S_POD_NAME=web``, which a plugin must know or be told to ignore.

References
----------
github.com/containernetworking/cni v1.3.0: pkg/types/args.go, LoadArgs
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from k8smodels.api.gotext import quote


class ArgsError(ValueError):
    """``CNI_ARGS`` that a plugin refuses; the text is the plugin's."""


def load_args(text: str, known: Collection[str]) -> Mapping[str, str]:
    """The pairs whose keys the plugin knows.

    Raises
    ------
    ArgsError
        A pair is none, or its key is unknown and ``IgnoreUnknown=1`` is not there.
    """
    found: dict[str, str] = {}
    unknown, ignore = [], False
    for pair in text.split(";") if text else ():
        key, equals, value = pair.partition("=")
        if not equals or "=" in value:
            raise ArgsError(f"ARGS: invalid pair {quote(pair)}")
        if key == "IgnoreUnknown":
            ignore = _boolean(pair, value)
        elif key in known:
            found[key] = value
        else:
            unknown.append(pair)
    if unknown and not ignore:
        raise ArgsError(f"ARGS: unknown args [{' '.join(quote(pair) for pair in unknown)}]")
    return found


def _boolean(pair: str, value: str) -> bool:
    if value.lower() not in ("1", "true", "0", "false"):
        about = f"ARGS: error parsing value of pair {quote(pair)}"
        raise ArgsError(f"{about}: boolean unmarshal error: invalid input {value.lower()}")
    return value.lower() in ("1", "true")
