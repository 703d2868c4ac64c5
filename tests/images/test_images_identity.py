"""Names of images and of their bytes."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from k8smodels.images import Digest, ImageReference, chain_ids, digest_of
from k8smodels.images.digest import DigestError
from k8smodels.images.reference import ReferenceFormatError

SHA = "sha256:" + "ab" * 32


@given(st.lists(st.binary(max_size=4).map(digest_of), max_size=6))
def test_a_chain_id_names_all_layers_up_to_it(diff_ids) -> None:
    chain = chain_ids(diff_ids)
    assert len(chain) == len(diff_ids)
    assert chain[:1] == diff_ids[:1]
    for i in range(1, len(chain)):
        assert chain[i] == "sha256:" + hashlib.sha256(f"{chain[i - 1]} {diff_ids[i]}".encode()).hexdigest()
        assert chain_ids(diff_ids[:i]) == chain[:i]


@given(st.text(max_size=80) | st.from_regex(r"[a-zA-Z0-9./:@_\[\]-]{0,60}"))
def test_any_text_is_a_name_or_the_one_error(text) -> None:
    try:
        name = ImageReference.parse(text)
    except (ReferenceFormatError, DigestError):
        return
    assert ImageReference.parse(str(name)) == name
    assert ImageReference.parse(name.familiar()) == name


def test_a_first_part_that_is_no_host_name_belongs_to_the_repository() -> None:
    name = ImageReference.parse("a_b.c/d")
    assert (name.domain, name.path, str(name.with_default_tag())) == ("", "a_b.c/d", "a_b.c/d:latest")


def test_a_digest_wins_over_a_tag() -> None:
    name = ImageReference.parse(f"nginx:1.27@{SHA}")
    assert str(name.pulled()) == f"docker.io/library/nginx@{SHA}"
    assert name.familiar() == f"nginx:1.27@{SHA}"


@pytest.mark.parametrize("text", ["sha256:é" + "a" * 62, ":", "sha256:", "a:b:c"])
def test_what_is_no_digest_is_refused(text) -> None:
    with pytest.raises(DigestError):
        Digest.parse(text)
