"""Names of images: what ``nginx:1.27`` stands for.

References
----------
distribution/reference v0.6.0 normalize.go, regexp.go, reference.go
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from k8smodels.images.digest import Digest

DEFAULT_DOMAIN = "docker.io"
LEGACY_DEFAULT_DOMAIN = "index.docker.io"
OFFICIAL_REPOSITORIES = "library/"
DEFAULT_TAG = "latest"
MAX_PATH_CHARACTERS = 255

_LABEL = r"(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])"
_HOST = rf"(?:{_LABEL}(?:\.{_LABEL})*|\[[a-fA-F0-9:]+\])"
_DOMAIN = rf"{_HOST}(?::[0-9]+)?"
_COMPONENT = r"[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*"
_PATH = rf"{_COMPONENT}(?:/{_COMPONENT})*"
_TAG = r"[0-9A-Za-z_][0-9A-Za-z_.-]{0,127}"
_DIGEST = r"[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9A-Fa-f]{32,}"
_REFERENCE = re.compile(
    rf"(?:(?P<domain>{_DOMAIN})/)?(?P<path>{_PATH})(?::(?P<tag>{_TAG}))?(?:@(?P<digest>{_DIGEST}))?"
)
_IDENTIFIER = re.compile(r"[a-f0-9]{64}")


class ReferenceFormatError(ValueError):
    """Text that is not the name of an image, in the words of distribution/reference."""


@dataclass(frozen=True, slots=True)
class ImageReference:
    """The name of an image in full.

    Attributes
    ----------
    domain
        The registry, with its port if it has one; empty if the name has a dot in its first part that no host name may
        have (``a_b.c/d``).
    path
        The repository in it.
    tag, digest
        Which image of the repository; None where the name says nothing.
    """

    domain: str
    path: str
    tag: str | None = None
    digest: str | None = None

    @classmethod
    def parse(cls, text: str) -> ImageReference:
        """Read a name as people type it.

        Raises
        ------
        ReferenceFormatError
            Not a name of an image.
        DigestError
            The digest behind the ``@`` is malformed.
        """
        if _IDENTIFIER.fullmatch(text):
            raise ReferenceFormatError(f"invalid repository name ({text}), cannot specify 64-byte hexadecimal strings")
        domain, rest = _split_domain(text)
        repository = rest.partition(":")[0]
        if repository != repository.lower():
            raise ReferenceFormatError(f"invalid reference format: repository name ({repository}) must be lowercase")
        return _parse_full(f"{domain}/{rest}")

    @property
    def name(self) -> str:
        """Registry and repository, without tag and digest."""
        return f"{self.domain}/{self.path}" if self.domain else self.path

    def __str__(self) -> str:
        return self.name + self._suffix()

    def with_default_tag(self) -> ImageReference:
        """The reference with the tag ``latest`` if it has neither tag nor digest."""
        return self if self.tag or self.digest else replace(self, tag=DEFAULT_TAG)

    def pulled(self) -> ImageReference:
        """What a runtime asks the registry for: a digest wins over a tag, without either it is ``latest``."""
        return replace(self, tag=None) if self.digest else self.with_default_tag()

    def familiar(self) -> str:
        """The short form that people type: ``docker.io/library/nginx`` is ``nginx``."""
        if self.domain != DEFAULT_DOMAIN:
            return str(self)
        official = self.path.removeprefix(OFFICIAL_REPOSITORIES)
        return (self.path if "/" in official else official) + self._suffix()

    def _suffix(self) -> str:
        return (f":{self.tag}" if self.tag else "") + (f"@{self.digest}" if self.digest else "")


def _split_domain(name: str) -> tuple[str, str]:
    """The registry and the rest; the first part is a registry only if it cannot be a repository's name."""
    first, slash, rest = name.partition("/")
    if not slash:
        return DEFAULT_DOMAIN, OFFICIAL_REPOSITORIES + name
    if first == LEGACY_DEFAULT_DOMAIN:
        domain, path = DEFAULT_DOMAIN, rest
    elif first == "localhost" or "." in first or ":" in first or first != first.lower():
        domain, path = first, rest
    else:
        domain, path = DEFAULT_DOMAIN, name
    if domain == DEFAULT_DOMAIN and "/" not in path:
        path = OFFICIAL_REPOSITORIES + path
    return domain, path


def _parse_full(text: str) -> ImageReference:
    found = _REFERENCE.fullmatch(text)
    if found is None:
        lower = _REFERENCE.fullmatch(text.lower())
        raise ReferenceFormatError("repository name must be lowercase" if lower else "invalid reference format")
    if len(found["path"]) > MAX_PATH_CHARACTERS:
        raise ReferenceFormatError(f"repository name must not be more than {MAX_PATH_CHARACTERS} characters")
    digest = found["digest"] and str(Digest.parse(found["digest"]))
    return ImageReference(found["domain"] or "", found["path"], found["tag"], digest)
