"""Which verbs the code records: read from the code itself, through every function that is handed a verb to record."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

RECORDERS = (
    "accounts.trail.audit.record",
    "accounts.trail.audit.entry",
)  # each takes the verb as its second argument


@dataclass(frozen=True)
class Function:
    module: str
    node: ast.FunctionDef

    @property
    def name(self) -> str:
        return f"{self.module}.{self.node.name}"

    @property
    def places(self) -> list[str]:
        """Its parameters as a call hands them by place."""
        names = [one.arg for one in (*self.node.args.posonlyargs, *self.node.args.args)]
        return names[1:] if names[:1] in (["self"], ["cls"]) else names

    def takes(self, name: str) -> bool:
        return name in self.places or name in {one.arg for one in self.node.args.kwonlyargs}

    def assigned(self, name: str) -> list[ast.expr]:
        """Every value that it gives to the name."""
        assignments = [node for node in ast.walk(self.node) if isinstance(node, ast.Assign)]
        return [value for node in assignments for target in node.targets for value in _given(target, node.value, name)]


def _given(target: ast.expr, value: ast.expr, name: str) -> list[ast.expr]:
    if isinstance(target, ast.Name) and target.id == name:
        return [value]
    if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
        pairs = zip(target.elts, value.elts, strict=True)
        return [found for one, other in pairs for found in _given(one, other, name)]
    return []


def imports_of(tree: ast.Module) -> dict[str, str]:
    """What a module calls by which name: “links” → “assessments.vendor_side.links”."""
    nodes = (node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom))
    return {name.asname or name.name: f"{node.module}.{name.name}" for node in nodes for name in node.names}


@dataclass
class Reading:
    """`sources`: the code by the dotted name of its module."""

    sources: Mapping[str, str]
    verbs: dict[str, set[str]] = field(default_factory=dict)  # verb → the modules that name it
    unread: set[str] = field(default_factory=set)  # functions with a verb that cannot be read from the code

    def __post_init__(self) -> None:
        trees = {module: ast.parse(code) for module, code in self.sources.items()}
        nodes = ((module, node) for module, tree in trees.items() for node in ast.walk(tree))
        functions = [Function(module, node) for module, node in nodes if isinstance(node, ast.FunctionDef)]
        self.places = {one.name: one.places for one in functions} | {name: ["actor", "verb"] for name in RECORDERS}
        self.takers: dict[str, set[str]] = {name: {"verb"} for name in RECORDERS}  # function → its parameters of verbs
        self.imported = {module: imports_of(tree) for module, tree in trees.items()}
        calls = [
            (function, node, self._called(node, function.module))
            for function in functions
            for node in ast.walk(function.node)
            if isinstance(node, ast.Call) and function.name not in RECORDERS
        ]
        self._note_composed(trees)
        known = -1
        while known != (known := sum(map(len, self.takers.values()))):
            for function, call, called in calls:
                for value in (value for name in called & self.takers.keys() for value in self._handed(call, name)):
                    self._note(function, value)

    def _note_composed(self, trees: Mapping[str, ast.Module]) -> None:
        """Of a class that puts its verbs together (`f"{self.verb}.sent"`): one for each place where one is made, which
        names the beginning. Such functions are read here, and nowhere else."""
        self.composed: set[ast.expr] = set()
        calls = [
            (module, node) for module, tree in trees.items() for node in ast.walk(tree) if isinstance(node, ast.Call)
        ]
        for module, tree in trees.items():
            for owner in (node for node in ast.walk(tree) if isinstance(node, ast.ClassDef)):
                for value in (node for node in ast.walk(owner) if isinstance(node, ast.JoinedStr)):
                    self._compose(f"{module}.{owner.name}", value, calls)

    def _compose(self, owner: str, value: ast.JoinedStr, calls: list[tuple[str, ast.Call]]) -> None:
        match value.values:
            case [
                ast.FormattedValue(value=ast.Attribute(value=ast.Name(id="self"), attr=name)),
                ast.Constant(value=str(ending)),
            ]:
                made = [(module, call) for module, call in calls if owner in self._called(call, module)]
            case _:
                return
        for module, call in made:
            for keyword in call.keywords:
                if keyword.arg == name and isinstance(keyword.value, ast.Constant):
                    self.composed.add(value)
                    self.verbs.setdefault(f"{keyword.value.value}{ending}", set()).add(module)

    def _called(self, call: ast.Call, module: str) -> set[str]:
        imported = self.imported[module]
        if isinstance(call.func, ast.Name):
            return {imported.get(call.func.id, f"{module}.{call.func.id}")}
        if isinstance(call.func, ast.Attribute) and isinstance(call.func.value, ast.Name):
            owner = call.func.value.id
            owner = module if owner in ("self", "cls") else imported.get(owner, owner)
            return {f"{owner}.{call.func.attr}"}
        return set()

    def _handed(self, call: ast.Call, called: str) -> Iterator[ast.expr]:
        """The expressions that the call hands over as verbs; all of what it unpacks."""
        wanted = self.takers[called]
        unpacked = [one.value for one in call.args if isinstance(one, ast.Starred)]
        yield from unpacked
        if not unpacked:
            pairs = zip(self.places[called], call.args, strict=False)
            yield from (value for name, value in pairs if name in wanted)
        yield from (keyword.value for keyword in call.keywords if keyword.arg in wanted)

    def _note(self, function: Function, value: ast.expr) -> None:
        if isinstance(value, ast.IfExp):
            parts = [value.body, value.orelse]
        elif isinstance(value, ast.Tuple):
            parts = value.elts
        elif isinstance(value, ast.Name) and not function.takes(value.id):
            parts = function.assigned(value.id)
        else:
            parts = []
        for part in parts:
            self._note(function, part)
        if value in self.composed:
            return
        if isinstance(value, ast.Constant) and isinstance(value.value, str):
            self.verbs.setdefault(value.value, set()).add(function.module)
        elif isinstance(value, ast.Name) and function.takes(value.id):
            self.takers.setdefault(function.name, set()).add(value.id)
        elif not parts:
            self.unread.add(function.name)
