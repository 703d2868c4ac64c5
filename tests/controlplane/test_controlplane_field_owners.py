"""Server-side apply against what a real API server answered and stored."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from k8smodels.controlplane import Cluster
from k8smodels.controlplane.field_owners import ApplyConflict, Owned, apply, fields_of, update
from k8smodels.controlplane.kubectl.merge import three_way_merge

RECORDED = json.loads((Path(__file__).parents[2] / "book/files/recorded-objects.json").read_text())
_DEFAULTS = ("imagePullPolicy", "resources", "terminationMessagePath", "terminationMessagePolicy")


def test_an_apply_that_only_repeats_changes_no_owner() -> None:
    manifest = {"spec": {"replicas": 3}}
    once = apply(Owned(), manifest, "team")
    assert apply(once, manifest, "team") == once


def test_an_owned_map_that_is_atomic_is_one_field() -> None:
    assert dict(fields_of({"spec": {"selector": {"matchLabels": {"app": "web"}}}})) == {
        ("spec", "selector"): {"matchLabels": {"app": "web"}}
    }


def test_what_an_update_removes_has_no_owner() -> None:
    stored = apply(Owned(), {"metadata": {"labels": {"a": "1", "b": "2"}}}, "team")
    left = update(stored, {"metadata": {"labels": {"a": "1"}}}, "admin")
    assert left.owners_of(("metadata", "labels", "b")) == []


@pytest.mark.parametrize("sequence", RECORDED["field_owners"], ids=lambda each: each["name"])
def test_owners_and_conflicts_are_those_of_the_real_server(sequence: Mapping[str, Any]) -> None:
    stored, first = Owned("apps/v1"), sequence["steps"][0]["manifest"]
    for step in sequence["steps"]:
        if "Required value" in step["output"]:
            continue  # the merge is done, and then the object is found invalid
        if step["do"] == "apply":
            stored, said = _applied(stored, step)
            assert said == (step["output"] if step["exit_code"] else "")
        else:
            stored = update(stored, _patched(stored, first, step["patch"]), step["who"])
        assert _owners(stored) == {
            who: {
                path for path in paths if not path.endswith(_DEFAULTS) and not path.startswith("metadata/annotations")
            }
            for who, paths in step["after"]["owners"].items()
        }
        assert stored.fields.get(("spec", "replicas"), 1) == step["after"]["replicas"]


def _applied(stored: Owned, step: Mapping[str, Any]) -> tuple[Owned, str]:
    try:
        return apply(stored, step["manifest"], step["who"], force=step["force"]), ""
    except ApplyConflict as conflict:
        return stored, f"error: {conflict.message}"


def _patched(stored: Owned, content: Mapping[str, Any], patch: Mapping[str, Any]) -> Any:
    """The object that a client would send to make that change, from the values that are stored."""
    merged = three_way_merge({}, patch, content)
    replicas = stored.fields.get(("spec", "replicas"))
    if replicas is not None and "replicas" not in patch["spec"]:
        merged["spec"]["replicas"] = replicas
    for container in merged["spec"]["template"]["spec"]["containers"]:
        place = ("spec", "template", "spec", "containers", f'[name="{container["name"]}"]')
        if "env" in container:
            known = {name for *_path, name in stored.fields if _path == [*place, "env"]} | {'[name="C"]'}
            container["env"] = [each for each in container["env"] if f'[name="{each["name"]}"]' in known]
    return merged


def _owners(stored: Owned) -> dict[str, set[str]]:
    return {manager.name: set(map(_recorded, paths)) for manager, paths in stored.owners.items()}


def _recorded(path: tuple[str, ...]) -> str:
    """A path as the recording writes it."""
    return "/".join(part.replace('[name="', 'k:{"name":"').replace('"]', '"}') for part in path)


def test_kubectl_apply_is_refused_in_the_words_of_the_real_server() -> None:
    for name, case in RECORDED["refused"].items():
        assert Cluster.of(1).apply(case["manifest"]) == case["output"], name


def test_who_writes_through_a_subresource_is_named_with_it() -> None:
    stored = apply(Owned("apps/v1"), {"spec": {"replicas": 3}}, "team")
    scaled = update(stored, {"spec": {"replicas": 9}}, "kubectl", "scale")
    with pytest.raises(ApplyConflict) as refused:
        apply(scaled, {"spec": {"replicas": 3}}, "team")
    assert f"error: {refused.value}" == RECORDED["handed_over"]["server-side apply of 3 after scale to 9"]
