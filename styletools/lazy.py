"""Names that a package loads when they are first used, listed in its stub, `__init__.pyi`.

So a type checker and the running package read the same list.
"""

import ast
from importlib import import_module
from pathlib import Path


def attached(package, file):
    """(`__getattr__`, `__dir__`, `__all__`) of the package whose `__init__` is `file`."""
    stub = ast.parse(Path(file).with_suffix(".pyi").read_text("utf-8"))
    imports = [line for line in stub.body if isinstance(line, ast.ImportFrom)]
    where = {name.name: line.module for line in imports for name in line.names}
    names = [name for name in where if not name.startswith("_")]

    def load(name):
        if name not in where:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        return getattr(import_module(f".{where[name]}", package), name)

    return load, lambda: sorted(names), names
