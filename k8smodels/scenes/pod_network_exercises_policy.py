"""Exercises on NetworkPolicy: who is meant by selectors, and a policy of the reader."""

from __future__ import annotations

from k8smodels.explore import Step, Task
from k8smodels.i18n import _
from k8smodels.network.policy import may_talk
from k8smodels.scenes.dice import dice_of
from k8smodels.scenes.pod_network_policy import PORT, cluster
from k8smodels.views.html import bullets, el, join
from k8smodels.views.tables import table

_HEAD = """\
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: db, namespace: shop}
spec:
  podSelector: {matchLabels: {app: db}}
  ingress:
  - from:
"""
_BOTH = (
    "    - namespaceSelector: {{matchLabels: {{team: {team}}}}}\n      podSelector: {{matchLabels: {{app: {app}}}}}\n"
)
_EITHER = (
    "    - namespaceSelector: {{matchLabels: {{team: {team}}}}}\n    - podSelector: {{matchLabels: {{app: {app}}}}}\n"
)
_PODS = "    - podSelector: {{matchLabels: {{app: {app}}}}}\n"
_ALL_WITH = "    - namespaceSelector: {{}}\n      podSelector: {{matchLabels: {{app: {app}}}}}\n"
_FORMS = (_BOTH, _EITHER, _PODS, _ALL_WITH)
_OWN = ("shop/api", "ops/backup")
"""Who is to reach `db` in the exercise with the reader's own policy."""


def selected(seed: int) -> Task:
    """Ask which pods a rule with selectors lets in."""
    dice = dice_of(seed)
    form = _FORMS[seed % len(_FORMS)]
    text = _HEAD + form.format(team=dice.choice(["ops", "sales"]), app=dice.choice(["web", "api", "backup", "guest"]))
    made = cluster([text])
    verdicts = [may_talk(made, party.name, "shop/db", PORT) for party in made.pods if party.name != "shop/db"]
    names = [one.connection.source.name for one in verdicts]
    none = _("none of them")
    answer = frozenset(one.connection.source.name for one in verdicts if one.allowed) or frozenset({none})
    reasons = {one.connection.source.name: one.reasons[-1] for one in verdicts}
    rows = [
        [party.name, party.labels["app"], party.namespace_labels["team"]] for party in made.pods if party.name in names
    ]
    labels = table([_("Pod"), _("its label app"), _("its namespace's label team")], rows)
    return Task(
        join([labels, el("pre", text, tabindex="0")]),
        [
            Step(
                _("Who may connect to `shop/db`?"),
                answer,
                options=[*names, none],
                wrong=reasons | {none: _("Look at each Pod once more: does one entry of the list mean it?")},
            )
        ],
        [
            _("Each dash below `from` is an entry of its own. One of them is enough."),
            _("Within an entry every selector must match. Without namespaceSelector: only in the policy's namespace."),
        ],
        bullets(el("span", f"{name}: {reason}") for name, reason in reasons.items()),
    )


def protects(text: str) -> str:
    """Say in one sentence whether under the policies in `text` exactly `api` and `backup` reach `db`."""
    try:
        made = cluster([text])
    except ValueError as error:
        return str(error)
    others = [party.name for party in made.pods if party.name != "shop/db"]
    for name in others:
        verdict = may_talk(made, name, "shop/db", PORT)
        if verdict.allowed != (name in _OWN):
            return _("Not yet, {pod}: {reason}").format(pod=name, reason=verdict.reasons[-1])
    odd = [name for name in others if not may_talk(made, "shop/db", name, PORT).allowed]
    if odd:
        return _("Not yet: db itself can no longer connect to {pods}").format(pods=", ".join(odd))
    return _("Done: only {first} and {second} reach db.").format(first=_OWN[0], second=_OWN[1])
