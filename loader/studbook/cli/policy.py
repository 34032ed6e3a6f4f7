"""`studbook policy`: may we use it."""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from studbook.cli.common import ConfigOption, ListFormat, data, group, say, settings_, width

policy_app = group("policy", "May we use it: an organisation's own word on licence terms.")


class FailOn(StrEnum):
    """From which level on a check fails."""

    DENIED = "denied"
    REVIEW = "review"


@policy_app.command("check")
def policy_check(
    models: Annotated[list[str], typer.Argument(metavar="MODEL...", help="Ids of models, or other names of them.")],
    context: Annotated[
        str, typer.Option(help="What is done with them: internal, hosted, distributed, or a context of your own.")
    ],
    config: ConfigOption = None,
    format: Annotated[ListFormat, typer.Option(help="How to print it.")] = ListFormat.TABLE,
    fail_on: Annotated[FailOn | None, typer.Option(help="Exit with 1 when a model is on this level or worse.")] = None,
) -> None:
    """May we use it: what a model and its ancestors ask, held against a policy. This is triage, not legal advice.

    Example: `studbook policy check alloy-foundry/Pewter-8B --context distributed`
    """
    from studbook import ask, library, organisation, policy, render

    settings = settings_()
    word = organisation.load(config or settings.config, Path.cwd())
    chosen, texts = policy.context(context, word), policy.texts(word)
    query, today = library.find(policy.QUERY), datetime.now(UTC).date()
    decisions = []
    with ask.connect(settings) as studbook:
        for model in dict.fromkeys(models):
            answer = ask.run(studbook.graph, query, {"model": model, **policy.PARAMETERS})
            for name, found in policy.found(answer).items():
                told = policy.outdated(found, texts)
                curated = policy.curate(told, word.curations if word else {}, texts, on=today)
                decisions.append(policy.decide(name, curated, chosen, texts))
    parameters = {
        "context": chosen.name,
        "kind": chosen.kind,
        "policy": chosen.places,
        "organisation": word.version if word else None,
        "on": today.isoformat(),
    }
    data(render.text(policy.rows(decisions, parameters), format.value, width=width()))
    for decision in decisions:
        say(policy.sentence(decision))
    say(f"By {' and '.join(chosen.places)}. As declared; triage, not legal advice.")
    worst = max(policy.LEVELS.index(decision.level) for decision in decisions)
    if fail_on is not None and worst >= policy.LEVELS.index(fail_on.value):
        raise typer.Exit(1)


@policy_app.command("show")
def policy_show(
    context: Annotated[str | None, typer.Argument(help="Only this context.")] = None,
    config: ConfigOption = None,
    format: Annotated[ListFormat, typer.Option(help="How to print it.")] = ListFormat.TABLE,
) -> None:
    """Show the contexts, what each says of which term, and where that is written.

    Example: `studbook policy show distributed`
    """
    from studbook import organisation, policy, render

    word = organisation.load(config or settings_().config, Path.cwd())
    known = [policy.context(context, word)] if context else list(policy.contexts(word).values())
    data(render.text(policy.table(known), format.value, width=width()))
    if word is None:
        say(f"No {organisation.NAME} was found: these are Studbook's own policies.")
    else:
        expired = sum(not curation.holds(datetime.now(UTC).date()) for curation in word.curations.values())
        say(f"By {word.path}, version {word.version}: {len(word.curations)} curations, {expired} of them expired.")
