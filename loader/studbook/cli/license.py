"""`studbook license`: what each licence asks, and whether a label carries it."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from studbook.cli.common import ListFormat, data, group, say, width
from studbook.errors import InputError

license_app = group("license", "What each licence asks, and whether a label carries it. Triage, not legal advice.")


class Relation(StrEnum):
    """How a model is made from another."""

    FINETUNE = "finetune"
    ADAPTER = "adapter"
    QUANTIZED = "quantized"
    MERGE = "merge"
    DISTILLED = "distilled"
    TRAINED_ON_OUTPUTS = "trained_on_outputs"


class CheckFormat(StrEnum):
    """How a verdict is printed."""

    TABLE = "table"
    JSON = "json"


@license_app.command("list")
def license_list(
    family: Annotated[str | None, typer.Option(help="Only this family, like permissive or non_commercial.")] = None,
    format: Annotated[ListFormat, typer.Option(help="How to print it.")] = ListFormat.TABLE,
) -> None:
    """List the licences of the table with their terms.

    Example: `studbook license list --family non_commercial`
    """
    from studbook import advice, library, licenses, render

    if family is not None and family not in advice.FAMILIES:
        raise InputError(f"Listing the family {family!r}: there is none; there are {', '.join(advice.FAMILIES)}")
    columns = (
        *(library.Column(name, "STRING") for name in ("license", "name", "family", "confidence")),
        library.Column("terms", "LIST<STRING>"),
    )
    rows = [
        (row.id, row.name, row.family, row.confidence, None if row.terms is None else sorted(row.terms))
        for row in licenses.shipped().rows.values()
        if family in (None, row.family)
    ]
    data(render.text(render.Rows(columns, rows), format.value, width=width()))


@license_app.command("show")
def license_show(
    license: Annotated[str, typer.Argument(metavar="LICENSE", help="Id or any spelling of a licence.")],
    format: Annotated[CheckFormat, typer.Option(help="How to print it.")] = CheckFormat.TABLE,
) -> None:
    """Show what a licence asks, where that was read, and how sure it is.

    Example: `studbook license show llama3.1`
    """
    from studbook import advice, licenses, render

    table = licenses.shipped()
    row = advice.find(table, license)
    as_text = format is CheckFormat.TABLE
    data(advice.describe(table, row) if as_text else render.document(advice.LICENSE, advice.facts(table, row)))


@license_app.command("check")
def license_check(
    parent: Annotated[
        str,
        typer.Argument(help="The parent's licence. Joined by +: several on one parent, with merge one of each parent."),
    ],
    child: Annotated[str, typer.Argument(help="The child's licence; several are joined by +, none is an empty text.")],
    relation: Annotated[Relation, typer.Option(help="How the child was made.")] = Relation.FINETUNE,
    name: Annotated[
        str | None, typer.Option(help="The child's repository name, where a licence asks for a name.")
    ] = None,
    format: Annotated[CheckFormat, typer.Option(help="How to print it.")] = CheckFormat.TABLE,
) -> None:
    """Say whether a child's label carries what the parent's licence asks, and why not.

    Example: `studbook license check cc-by-nc-4.0 mit --relation adapter`
    """
    from studbook import advice, licenses, render

    table = licenses.shipped()
    above, below = advice.names(parent), advice.names(child)
    for sentence in advice.unknown(table, [*above, *below]):
        say(sentence)
    parents = [[one] for one in above] if relation is Relation.MERGE and above else [above]
    found = advice.check(table, parents, below, relation=relation.value, name=name)
    as_text = format is CheckFormat.TABLE
    data(
        advice.verdict_text(table, found)
        if as_text
        else render.document(advice.CHECK, advice.verdict_facts(table, found))
    )


@license_app.command("options")
def license_options(
    parents: Annotated[
        list[str], typer.Argument(metavar="PARENT...", help="The licence of each parent; several on one joined by +.")
    ],
    relation: Annotated[
        Relation | None, typer.Option(help="How the model is made; merge when there are several parents.")
    ] = None,
    format: Annotated[CheckFormat, typer.Option(help="How to print it.")] = CheckFormat.TABLE,
) -> None:
    """Say which labels a model made from these may have, and what else is due.

    Example: `studbook license options llama3.1 apache-2.0`
    """
    from studbook import advice, licenses, render

    table = licenses.shipped()
    sides = [advice.names(text) for text in parents]
    for sentence in advice.unknown(table, [name for side in sides for name in side]):
        say(sentence)
    made_by = relation or (Relation.MERGE if len(sides) > 1 else Relation.FINETUNE)
    found = advice.options(table, sides, relation=made_by.value)
    as_text = format is CheckFormat.TABLE
    data(
        advice.options_text(table, found)
        if as_text
        else render.document(advice.OPTIONS, advice.options_facts(table, found))
    )
