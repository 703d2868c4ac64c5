"""A reader's dump: who stands behind each Service, and what is said of input that is none."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from k8smodels.api.endpoint_slice import EndpointSlice
from k8smodels.api.kinds import dump, load
from k8smodels.api.service import Service
from k8smodels.scenes.one_object import one_object
from k8smodels.scenes.services import NODES, PLACES, STATES, named, pod, service
from k8smodels.scenes.services_create import EXAMPLES
from k8smodels.scenes.services_diagnosis import puzzle_dump
from k8smodels.scenes.services_own import findings, own
from k8smodels.services import Pools, create_service, reconcile
from k8smodels.views.services import service_listing, slice_listing

PODS = [pod("web-a"), pod("web-b", STATES["running, not ready"]), pod("web-c", STATES["its port is named web"])]
SLICES = named(reconcile(service(), PODS, NODES).slices)
WHOLE = dump([service(), *PODS, *NODES, *SLICES])
FILES = Path(__file__).parents[2] / "book" / "files"
RECORDED = json.loads((FILES / "recorded-services.json").read_text())
SHOP = load((FILES / "shop-cluster.yaml").read_text(), keep_unknown=True)


def test_each_pod_is_judged_and_the_dumps_slices_are_compared() -> None:
    (found,) = findings(WHOLE)
    assert [each.verdict for each in found.pods] == ["ok", "wait", "no"]
    assert (found.taking, found.same) == (1, True)


def test_a_slice_that_differs_is_seen() -> None:
    stale = replace(SLICES[0], endpoints=SLICES[0].endpoints[:1])
    assert findings(dump([service(), *PODS, *NODES, stale]))[0].same is False


def test_a_dump_without_nodes_or_slices_will_do() -> None:
    for objects in ([service(), *PODS], [service(), *PODS, *SLICES], [service(), *PODS, *NODES]):
        (found,) = findings(dump(objects))
        assert (found.taking, found.same) == (1, None)


def test_a_service_that_nobody_stands_behind_is_named() -> None:
    assert own(dump([service(), pod("web-a", STATES["labelled app: webb"])])).says == "Nobody stands behind **web**."
    assert own(WHOLE).says == "Somebody stands behind each of these Services."
    assert len(PLACES) == 3


@pytest.mark.parametrize("text", ["", "{", "kind: Pod", "[1]", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}"])
def test_what_holds_no_service_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        own(text)


def test_a_hostile_name_is_escaped() -> None:
    evil = service()
    evil = replace(evil, metadata=replace(evil.metadata, name="<img src=x>"))
    assert "<img" not in own(dump([evil, *PODS])).html


def _without_age(table: str) -> str:
    """Without the column that only time tells, and the spaces before it."""
    return "\n".join(re.sub(r" +\S+ *$", "", line) for line in table.strip().splitlines())


def test_a_real_clusters_slices_are_those_of_the_model() -> None:
    found = findings((FILES / "shop-cluster.yaml").read_text())
    assert {each.service.name: (each.taking, each.same) for each in found} == {"web": (2, True), "db": (2, True)}


def test_the_puzzles_service_has_nobody_behind_it() -> None:
    (found,) = findings(puzzle_dump())
    assert (found.taking, len(found.pods), found.same) == (0, 3, True)


def test_the_tables_are_what_kubectl_printed() -> None:
    services = service_listing(item for item in SHOP if isinstance(item, Service))
    slices = slice_listing(item for item in SHOP if isinstance(item, EndpointSlice))
    assert services == _without_age(RECORDED["services"])
    assert slices == _without_age(RECORDED["endpointslices"])


def _kubectl_create(text: str) -> str:
    """What kubectl would print."""
    try:
        created = create_service(one_object(text, Service), Pools.of("10.96.0.0/16"))
    except ValueError as refused:
        return str(refused)
    return "\n".join([f"service/{created.service.name} created", *(f"Warning: {each}" for each in created.warnings)])


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_real_api_server_said_the_same_of_each_example(name: str) -> None:
    assert _kubectl_create(EXAMPLES[name]) == RECORDED["created"][name].strip()
