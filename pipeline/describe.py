"""The docstrings below the fields of a class: what the command line's help and the JSON Schema say of them."""

from __future__ import annotations

import ast
import inspect
import textwrap
from functools import cache


@cache
def field_docs(cls: type) -> dict[str, str]:
    """What the source of a class, and of those it is made of, says of its fields, as one line each.

    Empty where the source is not at hand.
    """
    found: dict[str, str] = {}
    for base in reversed(cls.__mro__[:-1]):
        try:
            source = textwrap.dedent(inspect.getsource(base))
        except (OSError, TypeError):  # a class of an extension module, or no source at all
            continue
        (node,) = ast.parse(source).body
        assert isinstance(node, ast.ClassDef)
        for field, following in zip(node.body, node.body[1:], strict=False):
            if not isinstance(field, ast.AnnAssign) or not isinstance(field.target, ast.Name):
                continue
            match following:
                case ast.Expr(ast.Constant(str(text))):
                    found[field.target.id] = " ".join(text.split())
    return found
