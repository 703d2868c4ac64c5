"""Pods and nodes for the tests of resources, and strategies that make them."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from k8smodels.api.pod import Pod
from k8smodels.isolation import KubeletSettings

MI, GI = 1 << 20, 1 << 30
NODE = KubeletSettings(memory_capacity_bytes=16 * GI, memory_allocatable_bytes=15 * GI)

Json = dict[str, Any]


def container(name: str = "c", **more: Any) -> Json:
    return {"name": name, "resources": {"requests": more.pop("requests", {}), "limits": more.pop("limits", {})}, **more}


def make_pod(*containers: Json, init: tuple[Json, ...] = (), name: str = "p", **more: Any) -> Pod:
    status, annotations = more.pop("status", {}), more.pop("annotations", {})
    body = {"containers": list(containers), "initContainers": list(init), **more}
    metadata = {"name": name, "uid": f"uid-{name}", "annotations": annotations}
    return Pod.from_json({"metadata": metadata, "spec": body, "status": status})


def both(**amounts: str) -> Json:
    return {"requests": amounts, "limits": amounts}


AMOUNTS = {"cpu": ("0", "1m", "100m", "1", "300"), "memory": ("0", "1000001", "1Mi", "1Gi", "20Gi")}


@st.composite
def resources(draw: st.DrawFn) -> Json:
    """Requests that are at most the limits."""
    out: Json = {"requests": {}, "limits": {}}
    for name, amounts in AMOUNTS.items():
        request, limit = sorted(draw(st.tuples(*[st.integers(0, len(amounts) - 1)] * 2)))
        if draw(st.booleans()):
            out["requests"][name] = amounts[request]
        if draw(st.booleans()):
            out["limits"][name] = amounts[limit]
    return out


@st.composite
def pods(draw: st.DrawFn) -> Pod:
    kinds = draw(st.lists(st.sampled_from(("app", "init", "sidecar")), max_size=4))
    made = [
        {"name": f"c{i}", "resources": draw(resources()), **({"restartPolicy": "Always"} if kind == "sidecar" else {})}
        for i, kind in enumerate(("app", *kinds))
    ]
    apps = [item for item, kind in zip(made, ("app", *kinds), strict=True) if kind == "app"]
    init = tuple(item for item, kind in zip(made, ("app", *kinds), strict=True) if kind != "app")
    whole = {"resources": draw(resources())} if draw(st.booleans()) else {}
    overhead = {"overhead": {"cpu": "250m", "memory": "120Mi"}} if draw(st.booleans()) else {}
    return make_pod(*apps, init=init, **whole, **overhead)
