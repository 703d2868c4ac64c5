"""Adapters of the suites ``controlplane/...``."""

from __future__ import annotations

from collections.abc import Mapping

from k8smodels.conformance.garbage import garbage_collection
from k8smodels.conformance.suites import Adapter

SUITES: Mapping[str, Adapter] = {"controlplane/garbage-collection": Adapter(garbage_collection)}
