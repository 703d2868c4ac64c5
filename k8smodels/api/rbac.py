"""Roles, and who has them.

References
----------
staging/src/k8s.io/api/rbac/v1/types.go (v1.37)
"""

from __future__ import annotations

from typing import ClassVar

from k8smodels.api.meta import KubernetesObject
from k8smodels.api.selectors import LabelSelector
from k8smodels.api.structure import Struct, struct

API_VERSION = "rbac.authorization.k8s.io/v1"


@struct
class PolicyRule(Struct):
    """What may be done to what: `verbs` on `resources` of `api_groups`, or on paths that are no resources.

    ``*`` stands for all. The core group is the empty text. With `resource_names`, only those objects are meant.
    """

    verbs: tuple[str, ...] = ()
    api_groups: tuple[str, ...] = ()
    resources: tuple[str, ...] = ()
    resource_names: tuple[str, ...] = ()
    non_resource_urls: tuple[str, ...] = ()


@struct
class Subject(Struct):
    """A ``User``, a ``Group`` or a ``ServiceAccount``; only the last has a namespace."""

    kind: str = ""
    api_group: str = ""
    name: str = ""
    namespace: str = ""


@struct
class RoleRef(Struct):
    """The ``Role`` or ``ClusterRole`` that a binding gives; it never changes in a binding."""

    api_group: str = ""
    kind: str = ""
    name: str = ""


@struct
class AggregationRule(Struct):
    """Which ClusterRoles' rules are collected in this one: those that one of the selectors selects."""

    cluster_role_selectors: tuple[LabelSelector, ...] = ()


@struct
class Role(KubernetesObject):
    """Rights in the role's own namespace."""

    api_version: ClassVar[str] = API_VERSION
    kind: ClassVar[str] = "Role"

    rules: tuple[PolicyRule, ...] = ()


@struct
class ClusterRole(KubernetesObject):
    """Rights that can be given in one namespace or in all of them; only they may name paths and cluster-wide kinds."""

    api_version: ClassVar[str] = API_VERSION
    kind: ClassVar[str] = "ClusterRole"
    namespaced: ClassVar[bool] = False

    rules: tuple[PolicyRule, ...] = ()
    aggregation_rule: AggregationRule | None = None


@struct
class RoleBinding(KubernetesObject):
    """Gives the rights of a Role or ClusterRole to subjects, in the binding's namespace."""

    api_version: ClassVar[str] = API_VERSION
    kind: ClassVar[str] = "RoleBinding"

    subjects: tuple[Subject, ...] = ()
    role_ref: RoleRef = RoleRef()


@struct
class ClusterRoleBinding(KubernetesObject):
    """Gives the rights of a ClusterRole to subjects, everywhere."""

    api_version: ClassVar[str] = API_VERSION
    kind: ClassVar[str] = "ClusterRoleBinding"
    namespaced: ClassVar[bool] = False

    subjects: tuple[Subject, ...] = ()
    role_ref: RoleRef = RoleRef()
