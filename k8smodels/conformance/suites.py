"""Which model answers for which suite."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from k8smodels.conformance.report import JSON

TOPICS: Mapping[str, str] = {
    "accounts": "k8smodels.conformance.accounts",
    "api": "k8smodels.conformance.api",
    "cni": "k8smodels.conformance.cni",
    "controlplane": "k8smodels.conformance.controlplane",
    "cri": "k8smodels.conformance.cri",
    "images": "k8smodels.conformance.images",
    "isolation": "k8smodels.conformance.isolation",
    "kubeproxy": "k8smodels.conformance.kubeproxy",
    "logging": "k8smodels.conformance.logging",
    "pods": "k8smodels.conformance.policy",
    "policy": "k8smodels.conformance.policy",
    "scheduling": "k8smodels.conformance.scheduling",
    "services": "k8smodels.conformance.services",
    "workloads": "k8smodels.conformance.workloads",
}
"""The module of each topic, with its own ``SUITES: Mapping[str, Adapter]``. It is imported when a suite needs it."""


@dataclass(frozen=True, slots=True)
class KnownDifference:
    """A place where a model differs from Kubernetes on purpose.

    Attributes
    ----------
    applies
        Whether it may show in a case, by the case's input.
    reason
        Why the model differs, in a sentence.
    """

    applies: Callable[[JSON], bool]
    reason: str


@dataclass(frozen=True, slots=True)
class Adapter:
    """How a suite's cases are run.

    Attributes
    ----------
    run
        The model's result for a case's input, in the form of the recorded ones.
    known
        Differences that are declared.
    sometimes
        Fields of the result that are recorded for some cases only.
    """

    run: Callable[[JSON], JSON]
    known: tuple[KnownDifference, ...] = ()
    sometimes: frozenset[str] = frozenset()


class UnknownSuiteError(LookupError):
    """A suite that no model answers for."""


def adapter_of(suite: str) -> Adapter:
    """The adapter of the suite of that name, ``topic/name``.

    Raises
    ------
    UnknownSuiteError
        No module has it.
    """
    module = TOPICS.get(suite.partition("/")[0])
    if module is None:
        raise UnknownSuiteError(suite)
    suites: Mapping[str, Adapter] = importlib.import_module(module).SUITES
    try:
        return suites[suite]
    except KeyError:
        raise UnknownSuiteError(suite) from None
