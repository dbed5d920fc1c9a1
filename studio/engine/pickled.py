"""Pickles as plain data: read, never run.

A pickle is a program, and Python's own `pickle` calls whatever it names. Here its opcodes, as
`pickletools` takes them apart, are followed by a small machine that knows text, numbers and
containers. What a pickle wants called is noted down as a `Call`, and nothing is ever called; a name
that is not on the reader's list ends the reading.
"""

from __future__ import annotations

import pickletools
from collections.abc import Callable, Collection, Generator, Mapping
from dataclasses import dataclass
from typing import IO, Any, Protocol, TypeAlias, TypeVar, cast

_MOST_STEPS = 2_000_000  # opcodes; three networks of 1024 px have some 30,000
_LARGE = 1 << 16  # bytes of a value after which it is told how far the reading is

Arguments: TypeAlias = tuple[Any, ...]
T = TypeVar("T")


class NotAllowed(Exception):  # noqa: N818  (a finding about the file)
    """A pickle that wants more than data: `wanted` is the name, or the kind of instruction."""

    def __init__(self, wanted: str) -> None:
        super().__init__(wanted)
        self.wanted = wanted


@dataclass(frozen=True, slots=True)
class Name:
    """Something that a pickle knows by module and name; only its name is known here."""

    dotted: str


@dataclass(frozen=True, slots=True, eq=False)
class Call:
    """What a pickle would have made by calling `name`; each is itself alone."""

    name: str
    arguments: Arguments


Makers: TypeAlias = Mapping[str, Callable[[Arguments], Any]]
"""By the dotted names that a pickle may mention: what stands for a call of it."""


def noted(*names: str) -> Makers:
    """Makers that note a call down."""

    def maker(name: str) -> Callable[[Arguments], Any]:
        return lambda arguments: Call(name, arguments)

    return {name: maker(name) for name in names}


class Source(Protocol):
    """A file, or one in memory."""

    def read(self, size: int, /) -> bytes: ...
    def readline(self) -> bytes: ...
    def tell(self) -> int: ...


def read_pickle(
    file: Source, makers: Makers, also: Collection[str] = ()
) -> Generator[int, None, Any]:
    """Read one pickle of protocol 2 to 5; returns its value, yields how many bytes were read.

    `makers` are what it may call, `also` names that it may only mention. What it keeps outside of
    itself becomes a `Call` of ``"persistent"`` if the makers have that.

    Raises:
        NotAllowed: it wants something else.
        ValueError: it is no pickle, or damaged.
    """
    machine = _Machine(makers, also)
    opcodes = pickletools.genops(cast("IO[bytes]", file))
    try:
        for steps, (opcode, argument, position) in enumerate(opcodes):
            if steps > _MOST_STEPS:
                raise ValueError("it has no end")
            machine.step(opcode.name, argument)
            if isinstance(argument, bytes | bytearray) and len(argument) > _LARGE:
                yield (position or 0) + len(argument)
        return machine.result()
    except (IndexError, KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"its instructions make no sense ({error})") from error


def finished(steps: Generator[Any, None, T]) -> T:
    """What a generator returns in the end."""
    while True:
        try:
            next(steps)
        except StopIteration as end:
            value: T = end.value
            return value


def _of_type(kind: type[T], value: object) -> T:
    if not isinstance(value, kind):
        raise TypeError(f"{type(value).__name__} for {kind.__name__}")
    return value


class _Machine:
    """A stack, marks in it, and a memo."""

    def __init__(self, makers: Makers, also: Collection[str]) -> None:
        self._makers = makers
        self._also = also
        self._stack: list[Any] = []
        self._marks: list[int] = []
        self._memo: dict[int, Any] = {}

    def step(self, opcode: str, argument: Any) -> None:
        if opcode in _VALUES:
            self._stack.append(argument)
        elif opcode in _FRESH:
            self._stack.append(_FRESH[opcode]())
        elif opcode in _STEPS:
            _STEPS[opcode](self, argument)
        else:
            raise NotAllowed(f"the instruction {opcode}")

    def result(self) -> Any:
        (value,) = self._stack
        return value

    # --- Containers ---

    def mark(self, _argument: None) -> None:
        self._marks.append(len(self._stack))

    def marked(self) -> list[Any]:
        """Everything since the last mark, taken off the stack."""
        start = self._marks.pop()
        items = self._stack[start:]
        del self._stack[start:]
        return items

    def top(self, count: int) -> Arguments:
        items = tuple(self._stack[-count:])
        if len(items) < count:
            raise IndexError("the stack is empty")
        del self._stack[-count:]
        return items

    def tuple_(self, _argument: None) -> None:
        self._stack.append(tuple(self.marked()))

    def tuple_of(self, count: int) -> None:
        self._stack.append(self.top(count))

    def extend(self, items: list[Any] | Arguments) -> None:
        _of_type(list, self._stack[-1]).extend(items)

    def add(self, _argument: None) -> None:
        items = self.marked()
        _of_type(set, self._stack[-1]).update(items)

    def set_items(self, items: list[Any] | Arguments) -> None:
        pairs = zip(items[::2], items[1::2], strict=True)
        _of_type(dict, self._stack[-1]).update(pairs)

    # --- Names and calls ---

    def name(self, argument: str) -> None:
        dotted = argument.replace(" ", ".")
        if dotted not in self._makers and dotted not in self._also:
            raise NotAllowed(f"“{dotted}”")
        self._stack.append(Name(dotted))

    def name_from_stack(self, _argument: None) -> None:
        self.name(".".join(self.top(2)))

    def call(self, _argument: None) -> None:
        callee, arguments = self.top(2)
        maker = self._makers[_of_type(Name, callee).dotted]
        self._stack.append(maker(_of_type(tuple, arguments)))

    def build(self, _argument: None) -> None:
        """The state of something called: nothing that is asked for here."""
        self._stack.pop()
        _of_type(Call, self._stack[-1])

    def persistent(self, _argument: None) -> None:
        if "persistent" not in self._makers:
            raise NotAllowed("data outside of the file")
        self._stack.append(self._makers["persistent"](self.top(1)))

    # --- Memo ---

    def remember(self, place: int | None) -> None:
        self._memo[len(self._memo) if place is None else place] = self._stack[-1]

    def recall(self, place: int) -> None:
        self._stack.append(self._memo[place])


_VALUES = frozenset(
    {
        *("BININT", "BININT1", "BININT2", "LONG1", "BINFLOAT"),
        *("BINUNICODE", "SHORT_BINUNICODE", "BINUNICODE8"),
        *("BINBYTES", "SHORT_BINBYTES", "BINBYTES8", "BYTEARRAY8"),
    }
)
_FRESH: Mapping[str, Callable[[], Any]] = {
    "NONE": lambda: None,
    "NEWTRUE": lambda: True,
    "NEWFALSE": lambda: False,
    "EMPTY_LIST": list,
    "EMPTY_TUPLE": tuple,
    "EMPTY_DICT": dict,
    "EMPTY_SET": set,
}
_STEPS: Mapping[str, Callable[[_Machine, Any], None]] = {
    "PROTO": lambda _machine, _version: None,
    "FRAME": lambda _machine, _length: None,
    "STOP": lambda _machine, _none: None,
    "MARK": _Machine.mark,
    "TUPLE": _Machine.tuple_,
    "TUPLE1": lambda machine, _none: machine.tuple_of(1),
    "TUPLE2": lambda machine, _none: machine.tuple_of(2),
    "TUPLE3": lambda machine, _none: machine.tuple_of(3),
    "APPEND": lambda machine, _none: machine.extend(machine.top(1)),
    "APPENDS": lambda machine, _none: machine.extend(machine.marked()),
    "ADDITEMS": _Machine.add,
    "SETITEM": lambda machine, _none: machine.set_items(machine.top(2)),
    "SETITEMS": lambda machine, _none: machine.set_items(machine.marked()),
    "GLOBAL": _Machine.name,
    "STACK_GLOBAL": _Machine.name_from_stack,
    "REDUCE": _Machine.call,
    "NEWOBJ": _Machine.call,
    "BUILD": _Machine.build,
    "BINPERSID": _Machine.persistent,
    "BINPUT": _Machine.remember,
    "LONG_BINPUT": _Machine.remember,
    "MEMOIZE": _Machine.remember,
    "BINGET": _Machine.recall,
    "LONG_BINGET": _Machine.recall,
}
