"""Namespaces, accounts, Secrets and the controllers that watch them: each change is followed until all is quiet."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, replace

from k8smodels.accounts.controller.seen import Seen, TokenSettings, Watched, Write, key_of
from k8smodels.accounts.controller.service_accounts import sync_namespace
from k8smodels.accounts.controller.tokens import AccountKey, SecretKey, sync_secret, sync_service_account
from k8smodels.accounts.controller.tokens_2020 import sync_service_account_2020
from k8smodels.accounts.secret_data import decoded, is_token, with_data, with_typed_secrets
from k8smodels.api.meta import KubernetesObject
from k8smodels.api.node import Namespace
from k8smodels.api.refusals import RefusedError
from k8smodels.api.service_account import Secret, ServiceAccount

Key = str | AccountKey | SecretKey
"""What a controller has to look at: a namespace by its name, an account, a Secret."""


@dataclass(frozen=True, slots=True)
class AccountsWorld:
    """What exists after a change, and what the controllers wrote because of it.

    Its life: `of` starts the controllers on what exists; `create`, `update` and `delete` are what a user does.

    Attributes
    ----------
    seen
        What exists now.
    settings
        How tokens are made.
    until_1_23
        Whether each account gets a Secret by itself, as until 1.23.
    writes
        What the controllers wrote since the last change.
    made
        How many objects got their UID here.
    """

    seen: Seen
    settings: TokenSettings
    until_1_23: bool = False
    writes: tuple[Write, ...] = ()
    made: int = 0

    @classmethod
    def of(
        cls, objects: Iterable[KubernetesObject], settings: TokenSettings, *, until_1_23: bool = False
    ) -> AccountsWorld:
        """The world in which `objects` exist when the controllers start, the ServiceAccount controller first.

        Raises
        ------
        FieldError
            A value of a Secret is not base64.
        """
        world = cls(Seen({}), settings, until_1_23)
        for item in with_typed_secrets(objects):
            if isinstance(item, Watched):
                world, _ = _changed(world, "create", item)
        for kinds in (Namespace, ServiceAccount | Secret):
            present = [item for item in world.seen.objects.values() if isinstance(item, kinds)]
            world = _settled(world, (key for item in present for key in _woken("create", item)))
        return world

    def create(self, item: Watched) -> AccountsWorld:
        """The world after somebody creates `item`.

        Raises
        ------
        RefusedError
            It exists.
        FieldError
            A value of a Secret is not base64.
        """
        if key_of(item) in self.seen.objects:
            raise RefusedError.already_exists(f"{item.kind.lower()}s", item.name)
        return self._after("create", item)

    def update(self, item: Watched) -> AccountsWorld:
        """The world after somebody writes `item` over the object of its name.

        Raises
        ------
        RefusedError
            There is none.
        FieldError
            A value of a Secret is not base64.
        """
        if key_of(item) not in self.seen.objects:
            raise RefusedError.not_found(f"{item.kind.lower()}s", item.name)
        return self._after("update", item)

    def delete(self, kind: str, namespace: str, name: str) -> AccountsWorld:
        """The world after somebody deletes an object; a namespace goes without what is in it.

        Raises
        ------
        RefusedError
            There is none.
        """
        item = self.seen.objects.get((kind, namespace, name))
        if item is None:
            raise RefusedError.not_found(f"{kind.lower()}s", name)
        return self._after("delete", item)

    def _after(self, verb: str, item: Watched) -> AccountsWorld:
        return _settled(*_changed(replace(self, writes=()), verb, item))


def _settled(world: AccountsWorld, keys: Iterable[Key]) -> AccountsWorld:
    """The world once no controller has anything to do."""
    queue = deque(keys)
    while queue:
        for write in _synced(world, queue.popleft()):
            world, woken = _changed(world, write.verb, write.item)
            world = replace(world, writes=(*world.writes, write))
            queue += woken
    return world


def _synced(world: AccountsWorld, key: Key) -> tuple[Write, ...]:
    match key:
        case str():
            return sync_namespace(key, world.seen)
        case SecretKey():
            return sync_secret(key, world.seen, world.settings)
        case AccountKey() if world.until_1_23:
            return sync_service_account_2020(key, world.seen, world.settings, seed=world.made)
        case AccountKey():
            return sync_service_account(key, world.seen)


def _changed(world: AccountsWorld, verb: str, item: Watched) -> tuple[AccountsWorld, tuple[Key, ...]]:
    """The world after one write, and who is woken by it: nobody, if it changed nothing."""
    key, objects = key_of(item), dict(world.seen.objects)
    if verb == "delete":
        del objects[key]
        return replace(world, seen=Seen(objects)), _woken(verb, item)
    before = objects.get(key)
    uid = item.metadata.uid or (before.metadata.uid if before else "")
    stored = _stored(item, uid or f"uid-{world.made + 1}")
    if stored == before:
        return world, ()
    objects[key] = stored
    return replace(world, seen=Seen(objects), made=world.made + (not uid)), _woken(verb, stored)


def _stored(item: Watched, uid: str) -> Watched:
    """`item` as the API server keeps it."""
    kept = with_data(item, decoded(item)) if isinstance(item, Secret) else item
    return replace(kept, metadata=replace(kept.metadata, uid=uid))


def _woken(verb: str, item: Watched) -> tuple[Key, ...]:
    """What the controllers look at after a change of `item`."""
    match item:
        case Namespace():
            return () if verb == "delete" else (item.name,)
        case ServiceAccount():
            return (item.namespace, AccountKey.of(item)) if verb == "delete" else (AccountKey.of(item),)
        case Secret():
            return (SecretKey.of(item),) if is_token(item) else ()
