from __future__ import annotations

import base64
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from k8smodels.accounts.controller import AccountsWorld, TokenSettings
from k8smodels.accounts.secret_data import decoded, is_token
from k8smodels.api.errors import FieldError
from k8smodels.api.kinds import dump, load
from k8smodels.api.node import Namespace
from k8smodels.api.refusals import RefusedError
from k8smodels.api.service_account import Secret, ServiceAccount

SETTINGS = TokenSettings(lambda claims: f"token of {claims['sub']}", b"CA")
SHOP = Namespace.from_json({"metadata": {"name": "shop"}, "status": {"phase": "Active"}})
WEB = ServiceAccount.from_json({"metadata": {"name": "web", "namespace": "shop", "uid": "one"}})


def token_secret(name: str = "web-token", account: str = "web", uid: str = "", **data: str) -> Secret:
    annotations = {"kubernetes.io/service-account.name": account}
    annotations |= {"kubernetes.io/service-account.uid": uid} if uid else {}
    return Secret.from_json(
        {
            "metadata": {"name": name, "namespace": "shop", "annotations": annotations},
            "type": "kubernetes.io/service-account-token",
            "stringData": data,
        }
    )


def writes(world: AccountsWorld) -> list[tuple[str, str, str]]:
    return [(write.verb, write.item.kind, write.item.name) for write in world.writes]


def start(*objects: Any, until_1_23: bool = False) -> AccountsWorld:
    return AccountsWorld.of(objects, SETTINGS, until_1_23=until_1_23)


def test_a_new_account_gets_a_secret_until_1_23_and_none_since() -> None:
    assert writes(start(SHOP, WEB)) == [("create", "ServiceAccount", "default")]
    then = start(SHOP, until_1_23=True).create(WEB)
    created, updated = then.writes
    assert (created.verb, updated.verb) == ("create", "update")
    assert isinstance(created.item, Secret)
    assert decoded(created.item) == {
        "token": b"token of system:serviceaccount:shop:web",
        "namespace": b"shop",
        "ca.crt": b"CA",
    }
    assert created.item.name.startswith("web-token-")
    assert isinstance(updated.item, ServiceAccount)
    assert [reference.name for reference in updated.item.secrets] == [created.item.name]


def test_until_1_23_a_deleted_token_was_made_anew() -> None:
    world = start(SHOP, WEB, until_1_23=True)
    (name,) = (item.name for item in world.seen.objects.values() if isinstance(item, Secret) and "web" in item.name)
    after = world.delete("Secret", "shop", name)
    assert [verb for verb, _, _ in writes(after)] == ["update", "create", "update"]
    account = after.seen.account("shop", "web")
    assert account
    assert name not in [reference.name for reference in account.secrets]


def test_each_write_says_why() -> None:
    (fill,) = start(SHOP, WEB).create(token_secret()).writes
    assert fill.reasons == ("ca.crt is not the cluster's", "namespace is missing", "token is missing")
    (dropped,) = start(SHOP, WEB).create(token_secret(uid="another")).writes
    assert (dropped.verb, dropped.reasons) == ("delete", ("no account web with that UID exists",))
    (gone,) = start(SHOP, WEB, token_secret()).delete("ServiceAccount", "shop", "web").writes
    assert (gone.verb, gone.reasons) == ("delete", ("its account web was deleted",))


def test_an_account_made_anew_is_another_one() -> None:
    world = start(SHOP, WEB, token_secret(uid="one")).delete("ServiceAccount", "shop", "web")
    again = world.create(ServiceAccount.from_json({"metadata": {"name": "web", "namespace": "shop"}}))
    assert writes(again) == []
    assert not any(isinstance(item, Secret) for item in again.seen.objects.values())


def test_without_a_root_certificate_none_is_written() -> None:
    world = AccountsWorld.of([SHOP, WEB, token_secret()], TokenSettings(lambda _: "t"))
    secret = world.seen.secret("shop", "web-token")
    assert secret
    assert set(decoded(secret)) == {"token", "namespace"}


def test_a_write_that_changes_nothing_wakes_nobody() -> None:
    world = AccountsWorld.of([SHOP, WEB, token_secret()], TokenSettings(lambda _: ""))
    assert writes(world.update(WEB)) == []


def test_a_value_that_is_not_base64_is_named() -> None:
    secret = Secret.from_json(token_secret().to_json() | {"data": {"token": "%"}})
    with pytest.raises(FieldError, match=r"data\[token\]: Invalid value"):
        start(SHOP, WEB, secret)


def test_secrets_that_a_file_gives_untyped_count() -> None:
    read = load(dump([SHOP, WEB, token_secret()]), keep_unknown=True)
    assert ("update", "Secret", "web-token") in writes(start(*read))


def test_plain_values_are_stored_as_base64() -> None:
    stored = start(SHOP, WEB).create(token_secret(token="t")).seen.secret("shop", "web-token")
    assert stored
    assert stored.data["token"] == base64.b64encode(b"t").decode()
    assert not stored.string_data


def test_names_are_taken_once_and_only_what_exists_is_changed() -> None:
    world = start(SHOP, WEB)
    with pytest.raises(RefusedError, match='serviceaccounts "web" already exists'):
        world.create(WEB)
    with pytest.raises(RefusedError, match='secrets "web-token" not found'):
        world.update(token_secret())
    with pytest.raises(RefusedError, match='pods "x" not found'):
        world.delete("Pod", "shop", "x")


SECRETS = st.builds(
    token_secret,
    st.sampled_from(["a", "b"]),
    st.sampled_from(["web", "default", "gone"]),
    st.sampled_from(["", "one", "another"]),
)


@given(st.lists(SECRETS, unique_by=lambda secret: secret.name, max_size=2), st.booleans(), st.booleans())
def test_once_quiet_every_token_is_whole_and_its_account_exists(
    secrets: list[Secret], until_1_23: bool, deleted: bool
) -> None:
    world = start(SHOP, WEB, *secrets, until_1_23=until_1_23)
    if deleted:
        world = world.delete("ServiceAccount", "shop", "web")
    assert world.seen.account("shop", "default")
    for secret in world.seen.objects.values():
        if isinstance(secret, Secret) and is_token(secret):
            annotations = secret.metadata.annotations
            name, uid = (annotations[f"kubernetes.io/service-account.{part}"] for part in ("name", "uid"))
            assert world.seen.account("shop", name, uid)
            assert set(decoded(secret)) == {"token", "namespace", "ca.crt"}
    again = AccountsWorld.of(world.seen.objects.values(), SETTINGS, until_1_23=until_1_23)
    assert again.writes == ()
