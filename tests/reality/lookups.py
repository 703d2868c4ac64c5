"""The lookups that the C library is asked for, and what the model says of each."""

from typing import Any

from k8smodels.scenes.services_dns import cluster_dns, conf_of, looked_up
from k8smodels.services.dns import Lookup, resolve

CASES = (
    ("web", "shop", 5),
    ("web.shop", "blog", 5),
    ("web.shop.svc.cluster.local", "blog", 5),
    ("web.shop.svc.cluster.local.", "blog", 5),
    ("db", "shop", 5),
    ("db-0.db", "shop", 5),
    ("web", "blog", 5),
    ("api.example.com", "shop", 5),
    ("api.example.com", "shop", 2),
    ("api.example.com.", "shop", 5),
)
"""A name, the namespace of the Pod that asks, and its `ndots`."""


def request(delay_us: int, rounds: int) -> dict[str, Any]:
    """What the lab is asked."""
    return {"delay_us": delay_us, "rounds": rounds, "lookups": [_asked(*case) for case in CASES]}


def questions(found: Lookup) -> list[str]:
    """The model's questions, as the lab writes them."""
    return [f"{each.name} {each.type}" for each in found.steps]


def _asked(name: str, namespace: str, ndots: int) -> dict[str, Any]:
    conf = conf_of(namespace, ndots)
    searches = "".join(line for line in str(conf).splitlines(keepends=True) if not line.startswith("nameserver"))
    answers = {}
    for each in looked_up(name, namespace, ndots).steps:
        answer = resolve(cluster_dns(), each.name, each.type)
        values = [record.value for record in answer.answer if record.type == each.type]
        answers[f"{each.name} {each.type}"] = [answer.rcode, values]
    return {"name": name, "searches": searches, "answers": answers}
