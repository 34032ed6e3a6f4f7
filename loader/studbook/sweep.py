"""Every row of a query without its evidence, or the evidence for a few models: both made from the query's own text.

A query of the library finds what it is about, takes the first `$limit` of it, and only then gathers evidence: paths,
licences at both ends. Without the latter two a whole Hub is swept in seconds, so that totals are exact; with another
condition before the limit the query tells of chosen models only. What can be told without the evidence are the columns
whose expressions need nothing that comes after the limit; a test holds every query of a shipped pack to having its
key among them, and to finding the same both ways.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from studbook.library import Query

AUDITED = "audited"
"""The parameter that a condition uses: ids, of models as a rule."""

_SKIP = re.compile(r"""//[^\n]*|/\*.*?\*/|'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*"|`[^`]*`""", re.DOTALL)
_LIMIT = re.compile(r"\bLIMIT\s+\$limit\b")
_ORDER = re.compile(r"\bORDER\s+BY\b")
_RETURN = re.compile(r"\bRETURN\b(?:\s+DISTINCT\b)?")
_WITH = re.compile(r"\bWITH\b(?:\s+DISTINCT\b)?")
_CLAUSE = re.compile(r"\b(?:WHERE|ORDER\s+BY|LIMIT|SKIP)\b")
_ALIAS = re.compile(r"\s+AS\s+(\w+)\s*$")
# A name that is no property, label, parameter, function or keyword of an expression.
_NAME = re.compile(r"(?<![.:$\w])([A-Za-z_]\w*)\b(?!\s*\()")
_WORDS = frozenset(
    {"AND", "OR", "NOT", "XOR", "IN", "IS", "NULL", "TRUE", "FALSE", "CASE", "WHEN", "THEN", "ELSE", "END"}
)


@dataclass(frozen=True)
class Sweep:
    """A query's text, taken apart."""

    body: str
    """Up to the order and the limit."""
    rest: str
    """The order, the limit and what follows."""
    expressions: dict[str, str]
    """By column, those that need nothing after the limit: what to return in its place."""

    def rows(self, columns: Sequence[str], *, only: str | None = None) -> str:
        """The statement that returns, as lists in one column `rows`, these columns of every row; `only` names the column
        that must be, or hold, one of the parameter `audited`. They come in parts, by the first column's last character:
        a list is sent in half the time of as many rows, and one of all would not fit into the server's memory."""
        values = [self.expressions[name] for name in columns]
        condition = f"\nWITH *\nWHERE {self._condition(only)}" if only else ""
        return (
            f"{self.body}{condition}\nWITH [{', '.join(values)}] AS row\n"
            "RETURN right(coalesce(toStringOrNull(row[0]), ''), 1) AS part, collect(row) AS rows"
        )

    def narrowed(self, only: str) -> str:
        """The statement with the condition that this column is, or holds, one of the parameter `audited`."""
        return f"{self.body}\nWITH *\nWHERE {self._condition(only)}\nWITH *\n{self.rest}"

    def _condition(self, column: str) -> str:
        value = self.expressions[column]
        return f"any(one IN [] + {value} WHERE one IN ${AUDITED})"


def take_apart(query: Query) -> Sweep | None:
    """A query's parts, or None when its text is not of that form."""
    text = query.statement
    mask = _mask(text)
    returns = list(_RETURN.finditer(mask))
    if not returns or query.columns is None:
        return None
    last = returns[-1]
    limits = list(_LIMIT.finditer(mask))
    limit = limits[-1] if limits else None
    clause = _CLAUSE.search(mask, last.end())
    items = dict(_items(text, mask, last.end(), clause.start() if clause else len(text)))
    if limit is None or limit.start() > last.start():
        # What the limit cuts are the answer's own rows: the whole of it, as a subquery, has to be asked.
        body = f"CALL () {{\n{text[: clause.start() if clause else len(text)].rstrip()}\n}}"
        rest = f"RETURN {', '.join(items)}\n{text[clause.start() :] if clause else ''}"
        return Sweep(body, rest, {name: name for name in items})
    orders = list(_ORDER.finditer(mask, 0, limit.start()))
    scopes = list(_WITH.finditer(mask, 0, limit.start()))
    if not scopes or not orders or orders[-1].start() < scopes[-1].start():
        return None
    if re.match(r"\s*WHERE\b", mask[limit.end() :]):
        return None  # rows are left out after the limit
    end = _CLAUSE.search(mask, scopes[-1].end())
    names = {name for name, _ in _items(text, mask, scopes[-1].end(), end.start() if end else orders[-1].start())}
    known = {name: value for name, value in items.items() if "*" in names or _needs(value) <= names}
    return Sweep(text[: orders[-1].start()].rstrip(), text[orders[-1].start() :], known)


def _mask(text: str) -> str:
    """The text with blanks in place of comments, strings, and everything in brackets of any kind."""
    plain = _SKIP.sub(lambda found: re.sub(r"[^\n]", " ", found[0]), text)
    depth, out = 0, []
    for char in plain:
        depth -= char in ")]}"
        out.append(char if depth == 0 or char == "\n" else " ")
        depth += char in "([{"
    return "".join(out)


def _items(text: str, mask: str, start: int, end: int) -> list[tuple[str, str]]:
    """(name, expression) of a list of projections."""
    cuts = [start, *(place + 1 for place in range(start, end) if mask[place] == ","), end + 1]
    found = []
    for first, last in pairwise(cuts):
        item, shown = text[first : last - 1], mask[first : last - 1]
        alias = _ALIAS.search(shown)
        value = item[: alias.start()].strip() if alias else item.strip()
        found.append((alias[1] if alias else value, value))
    return found


def _needs(value: str) -> set[str]:
    """Names of variables that an expression uses; more where it has variables of its own."""
    plain = _SKIP.sub(" ", value)
    return {name for name in _NAME.findall(plain) if name.upper() not in _WORDS}
