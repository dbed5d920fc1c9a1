"""Adding a thing is adding a file: find all objects of one type in a package."""

from __future__ import annotations

import importlib
import logging
import pkgutil
from collections.abc import Iterator
from typing import Generic, Protocol, TypeVar

from studio.errors import StudioError

log = logging.getLogger(__name__)


class Named(Protocol):
    """What a registered object must have."""

    @property
    def id(self) -> str: ...


T = TypeVar("T", bound=Named)


class Registry(Generic[T]):
    """All module-level objects of type `kind` in the modules of `package`, sorted by id.

    Discovered once, on first use. A module that fails to import is skipped and named in `broken`;
    the contract tests fail on it.
    """

    def __init__(self, package: str, kind: type[T], noun: str) -> None:
        """`noun` is what a person calls such a thing."""
        self._package = package
        self._kind = kind
        self._noun = noun
        self._found: dict[str, T] | None = None
        self.broken: dict[str, Exception] = {}

    def __iter__(self) -> Iterator[T]:
        return iter(self._all().values())

    def __len__(self) -> int:
        return len(self._all())

    def __contains__(self, item_id: object) -> bool:
        return item_id in self._all()

    def __getitem__(self, item_id: str) -> T:
        """The object of that id.

        Raises:
            StudioError: there is none; the hint names near misses.
        """
        try:
            return self._all()[item_id]
        except KeyError:
            raise self._unknown(item_id) from None

    def _unknown(self, item_id: str) -> StudioError:
        import difflib

        near = difflib.get_close_matches(item_id, self._all(), n=3, cutoff=0.4)
        hint = (
            f"Did you mean {', '.join(near)}?" if near else f"There are: {', '.join(self._all())}."
        )
        return StudioError(f"There is no {self._noun} named “{item_id}”.", hint)

    def _all(self) -> dict[str, T]:
        if self._found is None:
            self._found = dict(sorted(self._discover().items()))
        return self._found

    def _discover(self) -> dict[str, T]:
        found: dict[str, T] = {}
        package = importlib.import_module(self._package)
        for module_info in pkgutil.iter_modules(package.__path__, self._package + "."):
            try:
                module = importlib.import_module(module_info.name)
            except Exception as error:  # noqa: BLE001  (one broken file must not take the rest)
                log.error("Skipped %s: %s", module_info.name, error)
                self.broken[module_info.name] = error
                continue
            for item in vars(module).values():
                if isinstance(item, self._kind):
                    found[item.id] = item
        return found
