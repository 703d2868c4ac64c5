"""The comparison of network plugins is whole, and refuses what is not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from k8smodels.api.errors import DecodeError
from k8smodels.network.plugins import read_plugins

BOOK = Path(__file__).parents[2] / "book"
TEXT = (BOOK / "cni-plugins.yml").read_text("utf-8")


def test_every_plugin_that_the_notes_name_is_there_with_what_became_of_it() -> None:
    found = {plugin.name: plugin for plugin in read_plugins(TEXT)}
    assert {"Calico", "Flannel", "Terway", "Weave Net", "Contiv"} < set(found)
    assert {name for name, plugin in found.items() if plugin.today.state == "ended"} == {"Weave Net", "Contiv"}
    assert all("notes do not name it" not in found[name].in_2020.note for name in ("Calico", "Terway", "Contiv"))


def test_every_mode_has_a_plugin() -> None:
    modes = {mode for plugin in read_plugins(TEXT) for mode in plugin.modes}
    assert modes == {"overlay", "routed", "underlay", "ebpf"}


def changed(**fields: Any) -> str:
    first = yaml.safe_load(TEXT)[0]
    return yaml.safe_dump([{key: value for key, value in (first | fields).items() if value is not None}])


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("{}", "must be a list of plugins"),
        ("[3]", "[0]: Invalid value: 3: must be an object (Plugin)"),
        (changed(policy=None), "[0].policy: Required value"),
        (changed(colour="red"), "[0].colour: Invalid value: null: no plugin has such a field"),
        (
            changed(modes=["tunnel"]),
            '[0].modes: Unsupported value: "tunnel": supported values: "ebpf", "overlay", "routed", "underlay"',
        ),
        (
            changed(today={"state": "dead", "note": "x"}),
            '[0].today.state: Unsupported value: "dead": supported values: "alive", "ended", "fading", "new"',
        ),
        (changed(sources=[]), "[0].sources: Required value"),
        (
            changed(sources=["javascript:x"]),
            '[0].sources[0]: Invalid value: "javascript:x": must be an address that begins with https://',
        ),
        (TEXT + TEXT[TEXT.index("- name") :], '[12].name: Duplicate value: "Flannel"'),
    ],
)
def test_what_is_refused(text: str, problem: str) -> None:
    with pytest.raises(DecodeError) as refused:
        read_plugins(text, "plugins")
    assert refused.value.problem == problem
