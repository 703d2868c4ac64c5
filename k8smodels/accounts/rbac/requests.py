"""What somebody wants to do.

References
----------
staging/src/k8s.io/apiserver/pkg/authorization/authorizer/interfaces.go: AttributesRecord;
staging/src/k8s.io/apiserver/pkg/endpoints/handlers/responsewriters/errors.go: forbiddenMessage (v1.37)
"""

from __future__ import annotations

from dataclasses import dataclass

from k8smodels.accounts.users import User
from k8smodels.api.errors import required
from k8smodels.api.gotext import quote


@dataclass(frozen=True, slots=True)
class Attributes:
    """A request, as far as an authorizer looks at it.

    Attributes
    ----------
    verb
        ``get``, ``list``, ``watch``, ``create``, ``update``, ``patch``, ``delete``, ``deletecollection``, or an HTTP
        method in lower case for a path.
    api_group
        Empty for the core group.
    resource, subresource
        In the plural: ``pods`` and ``log``.
    namespace
        Empty for all namespaces, and for kinds that have none.
    name
        Of the object; empty where the request names none, as ``list`` and ``create``.
    path
        Of a request that is for no resource, such as ``/healthz``.
    """

    verb: str
    api_group: str = ""
    resource: str = ""
    subresource: str = ""
    namespace: str = ""
    name: str = ""
    path: str = ""

    @property
    def combined_resource(self) -> str:
        """Resource and subresource as rules write them: ``pods/log``."""
        return f"{self.resource}/{self.subresource}" if self.subresource else self.resource


def attributes_of(verb: str, target: str, *, namespace: str = "", name: str = "") -> Attributes:
    """The request for `verb` on `target`.

    Parameters
    ----------
    verb
        The verb.
    target
        ``pods``, ``pods/log``, ``deployments.apps``, ``deployments.apps/scale``; a path such as ``/healthz`` is for no
        resource.
    namespace, name
        Where, and which object.

    Raises
    ------
    FieldError
        The verb or the target is empty.

    Examples
    --------
    >>> attributes_of("update", "deployments.apps/scale", namespace="shop").api_group
    'apps'
    """
    if not verb:
        raise required("verb")
    if target.startswith("/"):
        return Attributes(verb, path=target)
    resource, _, subresource = target.partition("/")
    resource, _, api_group = resource.partition(".")
    if not resource:
        raise required("resource")
    return Attributes(verb, api_group, resource, subresource, namespace, name)


def forbidden_message(user: User, request: Attributes, reason: str = "") -> str:
    """What the API server answers to a request that nobody allows; `reason` is the authorizer's, if it has one."""
    who = f"User {quote(user.name)} cannot {request.verb}"
    if request.path:
        return _forbidden("", "", f"{who} path {quote(request.path)}", reason)
    group = f"in API group {quote(request.api_group)}"
    where = f"in the namespace {quote(request.namespace)}" if request.namespace else "at the cluster scope"
    message = f"{who} resource {quote(request.combined_resource)} {group} {where}"
    kind = f"{request.resource}.{request.api_group}" if request.api_group else request.resource
    return _forbidden(kind, request.name, message, reason)


def _forbidden(kind: str, name: str, message: str, reason: str) -> str:
    """As apimachinery's NewForbidden words it; what could look like HTML is escaped in the message alone."""
    safe = message.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    text = f"{safe}: {reason}" if reason else safe
    if not kind:
        return f"forbidden: {text}"
    return f"{kind} {quote(name)} is forbidden: {text}" if name else f"{kind} is forbidden: {text}"
