"""The admission plugin ServiceAccount: each new pod has an account that exists, and its containers have a token of it.

Left out: its waiting for the account ``default``, which it looks up ten times in two seconds before it gives up; the
setting that enforces mountable Secrets for all accounts.

References
----------
plugin/pkg/admission/serviceaccount/admission.go (v1.37)
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from k8smodels.accounts.admission.additions import Addition, Omission
from k8smodels.accounts.admission.fields import account_fields, is_mirror, volume_sources, with_account_fields
from k8smodels.accounts.admission.secrets import (
    enforces_mountable_secrets,
    secret_names,
    unmountable,
    unmountable_when_added,
)
from k8smodels.accounts.admission.volume import VOLUME_PREFIX, mount_token
from k8smodels.accounts.names import generated_name
from k8smodels.api.pod import Pod
from k8smodels.api.refusals import RefusedError
from k8smodels.api.service_account import ServiceAccount
from k8smodels.i18n import _

DEFAULT_ACCOUNT = "default"


@dataclass(frozen=True, slots=True)
class Admitted:
    """A pod as it is stored.

    Attributes
    ----------
    pod
        The pod.
    account
        Its account; None for a mirror pod.
    additions
        What was added, in this order.
    omissions
        What was not, and why.
    """

    pod: Pod
    account: ServiceAccount | None = None
    additions: tuple[Addition, ...] = ()
    omissions: tuple[Omission, ...] = ()


def admit(pod: Pod, accounts: Iterable[ServiceAccount], *, seed: int = 0) -> Admitted:
    """A new pod with account, token and pull secrets.

    Parameters
    ----------
    pod
        The pod as it is created, in its namespace.
    accounts
        The accounts that exist, in any namespaces.
    seed
        For the random end of the new volume's name.

    Raises
    ------
    RefusedError
        The pod is forbidden: the account does not exist or does not let it use a Secret, or a mirror pod asks for more
        than a mirror pod may have.
    FieldError
        A field that is looked at has the wrong type.
    """
    if is_mirror(pod):
        _check_mirror(pod)
        return Admitted(pod, omissions=(Omission("spec", _("a mirror pod must stay as its kubelet made it")),))
    named, additions = _with_account(pod)
    account = _account_of(named, accounts)
    refusal = _no_token(named, account)
    if refusal:
        with_token, omissions = named, [Omission("spec.volumes", refusal)]
    else:
        mounted = mount_token(named, generated_name(VOLUME_PREFIX, seed))
        with_token, omissions = mounted.pod, list(mounted.omissions)
        additions += mounted.additions
    complete, pull = _with_pull_secrets(with_token, account)
    if enforces_mountable_secrets(account):
        for message in unmountable(complete, account):
            raise RefusedError.forbidden("pods", pod.name, message)
    if not pull and account.image_pull_secrets:
        omissions.append(Omission("spec.imagePullSecrets", _("the pod names its own")))
    return Admitted(complete, account, (*additions, *pull), tuple(omissions))


def admit_ephemeral_containers(pod: Pod, accounts: Iterable[ServiceAccount]) -> None:
    """Check the ephemeral containers of a pod that exists; nothing is added to them.

    Raises
    ------
    RefusedError
        The account does not exist, or one of the containers uses a Secret that it does not let it use.
    """
    account = _account_of(pod, accounts)
    if enforces_mountable_secrets(account):
        for message in unmountable_when_added(pod, account):
            raise RefusedError("", 500, message)


def _check_mirror(pod: Pod) -> None:
    if account_fields(pod).account_name:
        raise RefusedError.forbidden("pods", pod.name, "a mirror pod may not reference service accounts")
    if any(secret_names(pod)):
        raise RefusedError.forbidden("pods", pod.name, "a mirror pod may not reference secrets")
    if any(part.service_account_token is not None for _kind, source in volume_sources(pod) for part in source.sources):
        raise RefusedError.forbidden(
            "pods", pod.name, "a mirror pod may not use ServiceAccountToken volume projections"
        )


def _with_account(pod: Pod) -> tuple[Pod, tuple[Addition, ...]]:
    """`pod` with an account: that of the field's old name, which defaulting has copied by then, or ``default``."""
    fields = account_fields(pod)
    if fields.service_account_name:
        return pod, ()
    name = fields.service_account or DEFAULT_ACCOUNT
    named = with_account_fields(pod, serviceAccountName=name, serviceAccount=name)
    old_name = _("serviceAccount is the old name of this field")
    if fields.service_account:
        return named, (Addition("spec.serviceAccountName", name, old_name),)
    reason = _("the pod names no account")
    return named, tuple(Addition(path, name, reason) for path in ("spec.serviceAccountName", "spec.serviceAccount"))


def _account_of(pod: Pod, accounts: Iterable[ServiceAccount]) -> ServiceAccount:
    name, home = account_fields(pod).account_name, pod.namespace
    if not name:
        raise RefusedError.forbidden("pods", pod.name, f"no service account specified for pod {home}/{pod.name}")
    found = next((each for each in accounts if (each.namespace, each.name) == (home, name)), None)
    if found is None:
        missing = RefusedError.not_found("serviceaccount", name)
        raise RefusedError.forbidden("pods", pod.name, f"error looking up service account {home}/{name}: {missing}")
    return found


def _no_token(pod: Pod, account: ServiceAccount) -> str:
    """Why the pod gets no token; empty if it gets one. What the pod says counts before what the account says."""
    own = account_fields(pod).automount_service_account_token
    if own is not None:
        return "" if own else _("the pod says automountServiceAccountToken: false")
    opts_out = account.automount_service_account_token is False
    return _("the account says automountServiceAccountToken: false") if opts_out else ""


def _with_pull_secrets(pod: Pod, account: ServiceAccount) -> tuple[Pod, tuple[Addition, ...]]:
    if account_fields(pod).image_pull_secrets or not account.image_pull_secrets:
        return pod, ()
    names = [{"name": reference.name} for reference in account.image_pull_secrets]
    addition = Addition("spec.imagePullSecrets", names, _("the pod names none, its account does"))
    return with_account_fields(pod, imagePullSecrets=names), (addition,)
