"""An image's name as a container gives it, completed to what the runtime is asked for.

References
----------
pkg/kubelet/images/image_manager.go: applyDefaultImageTag; pkg/util/parsers/parsers.go: ParseImageName (v1.37)
"""

from __future__ import annotations

from k8smodels.api.gotext import quote
from k8smodels.images.reference import DEFAULT_TAG, ImageReference


class ImageNameError(ValueError):
    """A name that no image can have, in the kubelet's words."""


def with_default_tag(image: str) -> str:
    """`image` with ``:latest`` if it names neither tag nor digest; registry and path stay as they are written.

    Raises
    ------
    ImageNameError
        A name of another form.

    Examples
    --------
    >>> with_default_tag("nginx"), with_default_tag("nginx:1.27")
    ('nginx:latest', 'nginx:1.27')
    """
    try:
        reference = ImageReference.parse(image)
    except ValueError as error:
        raise ImageNameError(f"couldn't parse image name {quote(image)}: {error}") from None
    return image if reference.tag or reference.digest else f"{image}:{DEFAULT_TAG}"
