"""A lookup as a list of questions, and a server's answers as text."""

from __future__ import annotations

from collections.abc import Sequence

from k8smodels.i18n import _
from k8smodels.services.dns import Answer, Lookup, ResolvConf, Step
from k8smodels.views.html import Html, el, inline, join
from k8smodels.views.services.terminal_text import terminal

__all__ = ["answer_text", "lookup_steps", "resolv_conf_text"]


def resolv_conf_text(conf: ResolvConf) -> Html:
    """The Pod's file."""
    title = el("p", inline(_("`/etc/resolv.conf` of the Pod")), class_="sub")
    return join([title, terminal(str(conf), "/etc/resolv.conf")])


def lookup_steps(names: Sequence[str], found: Lookup, step: int) -> Html:
    """The names in their order; up to `step` with the answers, later ones without."""
    return el("ol", join(_name(names, found, i, step) for i in range(len(names))), class_="walk")


def _name(names: Sequence[str], found: Lookup, i: int, step: int) -> Html:
    name, answers = names[i], [each for each in found.steps if each.name == names[i]]
    is_now = i == min(step, len(names) - 1)
    head = el("span", el("mark", name) if is_now else name, class_="at")
    current = "step" if is_now else None
    if i > step:
        return el("li", head, el("p", _("not asked yet"), class_="muted"))
    if not answers:
        return el("li", head, el("p", _("not asked: an address was found"), class_="muted"), aria_current=current)
    return el("li", head, join(map(_answer, answers)), aria_current=current)


def _answer(each: Step) -> Html:
    values = ", ".join(f"{record.type} {record.value}" for record in each.answer.answer)
    verdict = "ok" if values else "no" if each.answer.rcode != "NOERROR" else "wait"
    said = _("{type}: {rcode}").format(type=each.type, rcode=each.answer.rcode)
    return el("p", el("b", said), f" {values} ", el("small", each.answer.reason), class_=f"v {verdict}")


def answer_text(name: str, type_: str, answer: Answer) -> str:
    """The question and its status, then the records as a zone file has them; addresses that come along stand last."""
    lines = [f"; {name} IN {type_}: {answer.rcode}", *map(str, answer.answer)]
    return "\n".join([*lines, *(f"{record}  ; {_('comes along')}" for record in answer.additional)])
