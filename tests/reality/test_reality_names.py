"""The C library of this machine asks the questions that the model says, in its order."""

import sys

import lookups
import pytest

from k8smodels.scenes.services_dns import looked_up


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="needs Linux")
def test_a_lookup_asks_the_names_of_the_search_list_in_order(measure, compared) -> None:
    found = measure("names", lookups.request(delay_us=0, rounds=0))["lookups"]
    for case, real in zip(lookups.CASES, found, strict=True):
        said = looked_up(*case)
        assert (real["questions"], real["addresses"]) == (lookups.questions(said), sorted(said.addresses)), case
    example = looked_up(*lookups.CASES[1])
    asked = sum(len(real["questions"]) for real in found)
    compared(asked, "getaddrinfo(web.shop) in a Pod of blog", found[1]["questions"], lookups.questions(example))
