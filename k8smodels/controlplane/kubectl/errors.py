"""What kubectl itself refuses, before it asks the API server.

References
----------
k8s.io/kubectl/pkg/cmd/util/helpers.go: checkErr (v1.37)
"""

from __future__ import annotations

from collections.abc import Sequence


class KubectlError(ValueError):
    """A command that kubectl does not carry out.

    Attributes
    ----------
    problem
        What is wrong, in kubectl's words, without ``error:``.
    """

    def __init__(self, problem: str) -> None:
        super().__init__(problem)
        self.problem = problem

    def __str__(self) -> str:
        return self.problem if self.problem.startswith("error: ") else f"error: {self.problem}"


class SeveralErrors(ValueError):
    """A command that failed for several objects.

    Attributes
    ----------
    errors
        Why, one for each.
    """

    def __init__(self, errors: Sequence[ValueError]) -> None:
        super().__init__(*errors)
        self.errors = tuple(errors)

    def __str__(self) -> str:
        return "\n".join(map(str, self.errors))


def raise_all(errors: Sequence[ValueError]) -> None:
    """Raise what there is: nothing, the one error, or all together."""
    if len(errors) == 1:
        raise errors[0]
    if errors:
        raise SeveralErrors(errors)
