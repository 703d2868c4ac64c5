"""What the controllers see, and what they write."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from k8smodels.accounts.secret_data import is_token_of, with_typed_secrets
from k8smodels.api.meta import KubernetesObject
from k8smodels.api.node import Namespace
from k8smodels.api.service_account import Secret, ServiceAccount
from k8smodels.api.structure import JSON

Watched = Namespace | ServiceAccount | Secret

ObjectKey = tuple[str, str, str]
"""Kind, namespace and name."""


def key_of(item: KubernetesObject) -> ObjectKey:
    """The key of `item`."""
    return item.kind, item.namespace, item.name


@dataclass(frozen=True, slots=True)
class Seen:
    """The namespaces, accounts and Secrets that exist."""

    objects: Mapping[ObjectKey, Watched]

    @classmethod
    def of(cls, objects: Iterable[KubernetesObject]) -> Seen:
        """Those of `objects` that the controllers look at."""
        return cls({key_of(item): item for item in with_typed_secrets(objects) if isinstance(item, Watched)})

    def namespace(self, name: str) -> Namespace | None:
        """The namespace of that name."""
        found = self.objects.get(("Namespace", "", name))
        return found if isinstance(found, Namespace) else None

    def account(self, namespace: str, name: str, uid: str = "") -> ServiceAccount | None:
        """The account of that name, if it has that UID; an empty `uid` is any."""
        found = self.objects.get(("ServiceAccount", namespace, name))
        return found if isinstance(found, ServiceAccount) and uid in ("", found.metadata.uid) else None

    def secret(self, namespace: str, name: str, uid: str = "") -> Secret | None:
        """The Secret of that name; `uid` as above."""
        found = self.objects.get(("Secret", namespace, name))
        return found if isinstance(found, Secret) and uid in ("", found.metadata.uid) else None

    def tokens_of(self, account: ServiceAccount) -> tuple[Secret, ...]:
        """The Secrets that are there to hold tokens of this account."""
        secrets = (item for item in self.objects.values() if isinstance(item, Secret))
        return tuple(secret for secret in secrets if is_token_of(secret, account))


@dataclass(frozen=True, slots=True)
class Write:
    """A request of a controller.

    Attributes
    ----------
    verb
        ``create``, ``update`` or ``delete``.
    item
        The object as it shall be; for ``delete``, as it was.
    reasons
        Why.
    """

    verb: str
    item: ServiceAccount | Secret
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TokenSettings:
    """Settings of the token controller.

    Attributes
    ----------
    sign
        From a token's claims to its text.
    root_ca
        The certificate that is put beside each token; empty for none.
    """

    sign: Callable[[Mapping[str, JSON]], str]
    root_ca: bytes = b""
