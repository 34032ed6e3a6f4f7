"""The policy's decision, by cases worked out by hand from the licence table and data/policy.toml."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studbook import organisation, policy
from studbook.errors import InputError
from studbook.library import Column
from studbook.organisation import Organisation
from studbook.policy import LEVELS, Decision, Found
from studbook.render import Rows

TEXTS = policy.texts(None)
MODEL, BASE, ROOT = "alloy-foundry/Pewter-8B", "orrery-labs/Orrery-8B", "meta-llama/Llama-3.1-8B"
CONTEXTS = ("internal", "hosted", "distributed")


def asks(term: str, *licenses: str, ancestor: str = BASE, hops: int = 1, among: Sequence[str] = ()) -> Found:
    """A term that some licences of an ancestor ask, `among` all it declares."""
    path = (MODEL, *(f"x/{n}" for n in range(1, hops)), ancestor) if hops else (MODEL,)
    return Found(ancestor, hops, term, None, licenses, tuple(among) or licenses, ("FINETUNE_OF",) * hops, path)


def unknown(code: str, *licenses: str, ancestor: str = BASE, hops: int = 1) -> Found:
    return Found(ancestor, hops, None, code, licenses, licenses, ("FINETUNE_OF",) * hops, (MODEL, ancestor))


def nothing(*licenses: str, ancestor: str = BASE, hops: int = 1) -> Found:
    return Found(ancestor, hops, None, None, (), licenses, ("FINETUNE_OF",) * hops, (MODEL, ancestor))


def word(folder: Path, text: str) -> Organisation:
    path = folder / "studbook.toml"
    path.write_text(text, encoding="utf-8")
    return organisation.read(path)


def decide(*told: Found, context: str = "distributed", by: Organisation | None = None) -> Decision:
    return policy.decide(MODEL, told, policy.context(context, by), policy.texts(by) if by else TEXTS)


def levels(*told: Found, by: Organisation | None = None) -> list[str]:
    return [decide(*told, context=context, by=by).level for context in CONTEXTS]


# The shipped policies.


@pytest.mark.parametrize(
    ("term", "license_", "internal", "hosted", "distributed"),
    [
        ("noncommercial", "cc-by-nc-4.0", "review", "denied", "denied"),
        ("computational_use_only", "c-uda", "allowed", "review", "review"),
        ("commercial_use_conditional", "llama3.1", "review", "review", "review"),
        ("no_derivatives", "cc-by-nd-4.0", "review", "review", "denied"),
        ("share_alike:work", "gpl-3.0", "allowed", "allowed", "review"),
        ("share_alike:network", "agpl-3.0", "allowed", "review", "review"),
        ("share_alike:database", "odbl", "allowed", "review", "review"),
        ("share_alike:file", "mpl-2.0", "allowed", "allowed", "review"),
        ("use_restrictions:llama3.1-aup", "llama3.1", "review", "review", "review"),
        ("agreement", "llama3.1", "allowed", "review", "review"),
        ("name_prefix", "llama3.1", "allowed", "review", "review"),
        ("outputs_no_other_models", "tongyi-qianwen", "review", "review", "review"),
        ("territory", "tencent-hunyuan-community", "review", "review", "review"),
    ],
)
def test_what_the_shipped_policies_say(term: str, license_: str, internal: str, hosted: str, distributed: str) -> None:
    assert term in (TEXTS[license_].terms or ())
    assert levels(asks(term, license_)) == [internal, hosted, distributed]


def test_the_shipped_policies_list_every_term() -> None:
    listed = {*organisation.PLAIN_TERMS, *(f"{term}:*" for term in organisation.TERMS_WITH_VALUE)}
    for name, shipped in policy.shipped().items():
        assert shipped.kind == name
        assert listed <= set(shipped.rules)
        assert shipped.default == "review"


def test_nothing_found_is_allowed() -> None:
    assert levels(nothing("apache-2.0", hops=0), nothing("mit")) == ["allowed"] * 3
    clear = decide(nothing("apache-2.0", hops=0))
    assert (clear.complete, clear.verdicts) == (True, ())


@pytest.mark.parametrize("code", policy.UNKNOWN)
def test_what_cannot_be_known_is_never_allowed(code: str, tmp_path: Path) -> None:
    assert levels(unknown(code)) == ["review"] * 3
    assert not decide(unknown(code)).complete
    for default, level in (("allow", "review"), ("review", "review"), ("deny", "denied")):
        own = word(tmp_path, f'[policies.hosted]\ndefault = "{default}"\n')
        (verdict,) = decide(unknown(code), context="hosted", by=own).verdicts
        assert verdict.level == level
        assert policy.UNKNOWN[code] in verdict.reason


def test_a_verdict_says_the_term_the_ancestor_the_way_and_the_clause() -> None:
    (verdict,) = decide(asks("name_prefix", "llama3.1", hops=2)).verdicts
    assert (verdict.found.ancestor, verdict.found.hops, verdict.found.path) == (BASE, 2, (MODEL, "x/1", BASE))
    assert verdict.clause is not None
    assert verdict.clause.startswith("Llama 3.1 Community License Agreement: a name that begins as prescribed (name of")
    assert "(1.b.i)" in verdict.clause
    assert verdict.source == "S: ScanCode text llama-3.1-license-2024; text 1.b.i, 1.b.iii, 1.b.iv, 2"
    assert verdict.reason == "review: Studbook's own policy for distributed use"


@pytest.mark.parametrize(
    ("term", "license_", "clause"),
    [
        ("noncommercial", "cc-by-nc-4.0", "Creative Commons Attribution Non Commercial 4.0: no commercial use"),
        ("share_alike:work", "gpl-3.0", "GNU General Public License v3.0: the same terms .* \\(work, or agpl-3.0\\)"),
        (
            "outputs_no_other_models",
            "tongyi-qianwen",
            ".*: outputs may .* \\(materials and output may not .* \\(5.b\\)\\)",
        ),
        ("commercial_use_conditional", "llama3.1", ".*: commercial use under conditions \\(700M MAU at release\\)"),
        ("use_restrictions:llama3.1-aup", "llama3.1", ".*: no use for certain purposes \\(llama3.1-aup\\)"),
    ],
)
def test_clauses(term: str, license_: str, clause: str) -> None:
    (verdict,) = decide(asks(term, license_)).verdicts
    assert re.fullmatch(clause, verdict.clause or "")


def test_the_worst_counts_and_comes_first() -> None:
    told = [
        asks("agreement", "llama3.1", ancestor="b/near"),
        asks("noncommercial", "cc-by-nc-4.0", ancestor="c/far", hops=5),
        unknown("MISSING", ancestor=ROOT, hops=3),
        asks("noncommercial", "cc-by-nc-4.0", ancestor="a/far", hops=5),
    ]
    decision = decide(*told)
    assert decision.level == "denied"
    assert [(v.level, v.found.ancestor) for v in decision.verdicts] == [
        ("denied", "a/far"),
        ("denied", "c/far"),
        ("review", "b/near"),
        ("review", ROOT),
    ]


def test_a_doubtful_reading_neither_denies_nor_clears(tmp_path: Path) -> None:
    """yi-license is a row of low confidence; cc-by-nc-4.0 is not."""
    own = word(tmp_path, '[policies.hosted]\ndeny = ["agreement", "noncommercial"]\n')
    asked, doubt = asks("agreement", "yi-license"), unknown("LOW_CONFIDENCE_ROW", "yi-license")
    assert decide(asked, doubt, context="hosted", by=own).level == "review"
    assert decide(asked, doubt, context="internal").level == "review"
    assert decide(asks("agreement", "llama3.1"), context="hosted", by=own).level == "denied"


# An organisation's own.


def test_its_policy_comes_first_and_the_shipped_one_answers_the_rest(tmp_path: Path) -> None:
    own = word(tmp_path, '[policies.distributed]\nallow = ["noncommercial", "share_alike:*"]\ndeny = ["agreement"]\n')
    answers = {
        term: decide(asks(term, license_), by=own).verdicts[0]
        for term, license_ in (
            ("noncommercial", "cc-by-nc-4.0"),
            ("share_alike:network", "agpl-3.0"),
            ("agreement", "llama3.1"),
            ("no_derivatives", "cc-by-nd-4.0"),
            ("name_prefix", "llama3.1"),
        )
    }
    assert {term: verdict.level for term, verdict in answers.items()} == {
        "noncommercial": "allowed",
        "share_alike:network": "allowed",
        "agreement": "denied",
        "no_derivatives": "denied",
        "name_prefix": "review",
    }
    assert answers["agreement"].reason == f"deny: {own.path}:3"
    assert answers["no_derivatives"].reason == "deny: Studbook's own policy for distributed use"
    assert levels(asks("noncommercial", "cc-by-nc-4.0"), by=own) == ["review", "denied", "allowed"]


def test_a_term_counts_before_its_wildcard(tmp_path: Path) -> None:
    own = word(tmp_path, '[policies.app]\nkind = "hosted"\nallow = ["share_alike:network"]\ndeny = ["share_alike:*"]\n')
    assert decide(asks("share_alike:network", "agpl-3.0"), context="app", by=own).level == "allowed"
    assert decide(asks("share_alike:work", "gpl-3.0"), context="app", by=own).level == "denied"


def test_a_policy_with_a_default_stands_alone(tmp_path: Path) -> None:
    own = word(tmp_path, '[policies.internal]\nallow = ["agreement"]\ndefault = "deny"\n')
    assert decide(asks("agreement", "llama3.1"), context="internal", by=own).level == "allowed"
    (verdict,) = decide(asks("name_prefix", "llama3.1"), context="internal", by=own).verdicts
    assert (verdict.level, verdict.reason) == ("denied", f"deny: {own.path}:3")


def test_an_unknown_context_is_refused_with_suggestions(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"'distribution': .*did you mean distributed.*known are internal, hosted"):
        policy.context("distribution", None)
    own = word(tmp_path, '[policies.chatbot]\nkind = "hosted"\n')
    with pytest.raises(InputError, match="did you mean chatbot"):
        policy.context("chat-bot", own)
    assert list(policy.contexts(own)) == [*CONTEXTS, "chatbot"]


def test_one_of_several_licences_is_for_a_person_to_look_at() -> None:
    both = ("cc-by-nc-4.0", "mit")
    (verdict,) = decide(asks("noncommercial", "cc-by-nc-4.0", among=both)).verdicts
    assert verdict.level == "review"
    assert "but mit, under which it is too, does not ask it" in verdict.reason
    assert decide(asks("noncommercial", "cc-by-nc-4.0", "cc-by-nc-sa-4.0")).level == "denied"
    assert decide(asks("agreement", "llama3.1", among=("llama3.1", "mit")), context="internal").level == "allowed"


# Sizes and places.


@pytest.mark.parametrize(
    ("license_", "facts", "level"),
    [
        ("qwen", "", "review"),  # 100M MAU
        ("qwen", "monthly_users = 99_999_999", "allowed"),
        ("qwen", "monthly_users = 100_000_000", "denied"),
        ("qwen", "yearly_revenue = 5", "review"),
        ("stabilityai-ai-community", "yearly_revenue = 999_999.99", "allowed"),  # USD 1M annual revenue
        ("stabilityai-ai-community", "yearly_revenue = 1_000_000", "denied"),
        ("stabilityai-ai-community", "monthly_users = 3", "review"),
        ("llama3.1", "monthly_users = 3\nyearly_revenue = 3", "review"),  # 700M MAU at release: of another day
        ("bilibili-model-license", "monthly_users = 3\nyearly_revenue = 3", "review"),  # two limits, one in RMB
        ("yi-license", "monthly_users = 3\nyearly_revenue = 3", "review"),  # a registration
    ],
)
def test_a_threshold_is_compared_only_where_it_is_a_number_alone(
    tmp_path: Path, license_: str, facts: str, level: str
) -> None:
    assert "commercial_use_conditional" in (TEXTS[license_].terms or ())
    own = word(tmp_path, f'[policies.app]\nkind = "hosted"\n{facts}\n')
    (verdict,) = decide(asks("commercial_use_conditional", license_), context="app", by=own).verdicts
    assert verdict.level == level
    text = TEXTS[license_].scale_threshold
    assert text is None or text in (verdict.clause or "")


def test_what_a_policy_denies_no_size_allows(tmp_path: Path) -> None:
    own = word(
        tmp_path,
        '[policies.app]\nkind = "hosted"\ndeny = ["commercial_use_conditional", "territory"]\nmonthly_users = 1\n',
    )
    assert decide(asks("commercial_use_conditional", "qwen"), context="app", by=own).level == "denied"


def test_of_several_thresholds_each_counts(tmp_path: Path) -> None:
    own = word(tmp_path, '[policies.app]\nkind = "hosted"\nmonthly_users = 1\nyearly_revenue = 2_000_000\n')

    def level(*licenses: str) -> str:
        return decide(asks("commercial_use_conditional", *licenses), context="app", by=own).level

    assert level("qwen", "tongyi-qianwen") == "allowed"
    assert level("qwen", "stabilityai-ai-community") == "denied"
    assert level("qwen", "llama3.1") == "review"


@pytest.mark.parametrize(
    ("license_", "territory", "level"),
    [
        ("tencent-hunyuan-community", '["US", "JP"]', "allowed"),  # EU, UK, South Korea excluded
        ("tencent-hunyuan-community", '["US", "KR"]', "denied"),
        ("tencent-hunyuan-community", '["FR"]', "denied"),
        ("tencent-hunyuan-community", '["EU"]', "denied"),
        ("tencent-hunyuan-community", "[]", "review"),
        ("minimax-h3-community-license-agreement", '["US"]', "denied"),  # the USA too
        ("minimax-h3-community-license-agreement", '["JP"]', "allowed"),
        ("llama3.2", '["JP"]', "review"),  # EU if multimodal: depends on the model
    ],
)
def test_territories_are_compared_only_where_the_text_names_them(
    tmp_path: Path, license_: str, territory: str, level: str
) -> None:
    assert "territory" in (TEXTS[license_].terms or ())
    own = word(tmp_path, f'[policies.app]\nkind = "hosted"\nterritory = {territory}\n')
    assert decide(asks("territory", license_), context="app", by=own).level == level


# Curations.

ON = date(2026, 11, 20)


def curation(
    tmp_path: Path, told: Sequence[Found], *, until: str = "2026-12-31", license_: str = "", parents: str = ""
) -> tuple[Organisation, Decision]:
    """The decision with a curation of BASE."""
    text = f'[curations."{BASE.upper()}"]\nwho = "counsel"\nwhy = "letter"\nuntil = {until}\n'
    text += f"license = {license_}\n" if license_ else ""
    text += f"parents = [{parents}]\n" if parents else ""
    own = word(tmp_path, text)
    curated = policy.curate(told, own.curations, TEXTS, on=ON)
    return own, policy.decide(MODEL, curated, policy.context("distributed", own), TEXTS)


def test_a_conclusion_stands_beside_what_was_declared(tmp_path: Path) -> None:
    told = [asks("agreement", "llama3.1"), asks("name_prefix", "llama3.1"), nothing("mit", ancestor=ROOT, hops=2)]
    own, decision = curation(tmp_path, told, license_='"apache-2.0"')
    assert (decision.level, decision.complete) == ("allowed", True)
    assert [(v.level, v.found.term, v.found.licenses, v.found.concluded) for v in decision.verdicts] == [
        ("allowed", "agreement", ("llama3.1",), ("apache-2.0",)),
        ("allowed", "name_prefix", ("llama3.1",), ("apache-2.0",)),
    ]
    reason = f"the organisation concluded otherwise: {own.path}:1: counsel: letter until 2026-12-31"
    assert {verdict.reason for verdict in decision.verdicts} == {reason}


def test_a_conclusion_can_ask_more(tmp_path: Path) -> None:
    _, decision = curation(tmp_path, [nothing("apache-2.0")], license_='"cc-by-nc-4.0"')
    asked, declared = decision.verdicts
    assert (decision.level, asked.found.term, asked.found.asking) == ("denied", "noncommercial", ("cc-by-nc-4.0",))
    assert (asked.found.licenses, asked.found.concluded) == (("apache-2.0",), ("cc-by-nc-4.0",))
    assert "counsel: letter" in asked.reason
    assert (declared.level, declared.found.term, declared.found.licenses) == ("allowed", None, ("apache-2.0",))


def test_a_term_that_is_concluded_too_is_told_once(tmp_path: Path) -> None:
    told = [asks("noncommercial", "cc-by-nc-4.0"), asks("share_alike:work", "cc-by-nc-sa-4.0")]
    _, decision = curation(tmp_path, told, license_='["cc-by-nc-4.0", "mit"]')
    assert [(v.level, v.found.term) for v in decision.verdicts] == [
        ("review", "noncommercial"),  # mit, concluded too, does not ask it
        ("allowed", "share_alike:work"),
    ]


@pytest.mark.parametrize("code", ["SILENT", "MISSING", "LICENSE_UNKNOWN", "LICENSE_INCOMPLETE"])
def test_a_conclusion_answers_what_was_unknown(tmp_path: Path, code: str) -> None:
    _, decision = curation(tmp_path, [unknown(code)], license_='"mit"')
    assert (decision.level, decision.complete) == ("allowed", True)
    assert [verdict.found.unknown for verdict in decision.verdicts] == [code]


@pytest.mark.parametrize("code", ["PARENT_UNRESOLVED", "UNDECLARED_PARENT_SUSPECTED", "FURTHER_UP", "CUT"])
def test_a_concluded_licence_says_nothing_of_the_parents(tmp_path: Path, code: str) -> None:
    _, decision = curation(tmp_path, [unknown(code)], license_='"mit"')
    assert (decision.level, decision.complete) == ("review", False)


@pytest.mark.parametrize(
    ("license_", "code"),
    [
        ("openrail", "LICENSE_INCOMPLETE"),
        ("other", "LICENSE_UNKNOWN"),
        ("yi-license", "LOW_CONFIDENCE_ROW"),
    ],
)
def test_a_conclusion_can_be_unknown_itself(tmp_path: Path, license_: str, code: str) -> None:
    _, decision = curation(tmp_path, [nothing("mit")], license_=f'"{license_}"')
    assert (decision.level, decision.complete) == ("review", False)
    assert code in {verdict.found.unknown for verdict in decision.verdicts}


def test_an_expired_curation_is_said_and_not_applied(tmp_path: Path) -> None:
    told = [asks("noncommercial", "cc-by-nc-4.0"), nothing("mit", ancestor=ROOT, hops=2)]
    own, decision = curation(tmp_path, told, license_='"mit"', until="2026-11-19")
    (verdict,) = decision.verdicts
    assert (verdict.level, verdict.found.concluded) == ("denied", ())
    assert f"the curation in {own.path}:1 by counsel expired after 2026-11-19" in verdict.reason
    _, last_day = curation(tmp_path, told, license_='"mit"', until="2026-11-20")
    assert last_day.level == "allowed"


@pytest.mark.parametrize("code", ["PARENT_UNRESOLVED", "UNDECLARED_PARENT_SUSPECTED"])
def test_asserted_parents_answer_an_unnamed_one_once_they_are_loaded(tmp_path: Path, code: str) -> None:
    told = [unknown(code), nothing("mit", ancestor=ROOT, hops=2)]
    _, loaded = curation(tmp_path, told, parents=f'{{ id = "{ROOT.lower()}", relation = "finetune" }}')
    assert (loaded.level, loaded.complete) == ("allowed", True)
    _, other = curation(tmp_path, told, parents='{ id = "x/elsewhere", relation = "finetune" }')
    assert (other.level, other.complete) == ("review", False)
    (missing,) = [verdict for verdict in other.verdicts if verdict.level == "review"]
    assert missing.found.unknown == "PARENT_NOT_LOADED"
    assert "x/elsewhere" in missing.reason


def test_without_a_curation_nothing_changes(tmp_path: Path) -> None:
    told = [asks("agreement", "llama3.1", ancestor=ROOT), unknown("SILENT", ancestor="x/y")]
    assert policy.curate(told, word(tmp_path, "").curations, TEXTS, on=ON) == told


# A graph that was loaded under another table.


def test_a_graph_that_knows_less_than_the_table_is_told() -> None:
    llama = [asks(term, "llama3.1") for term in sorted(TEXTS["llama3.1"].terms or ())]
    known = [nothing("mit", ancestor=ROOT, hops=2), unknown("LICENSE_UNKNOWN", "in-no-table", ancestor="x/y", hops=3)]
    assert policy.outdated([*llama, *known], TEXTS) == [*llama, *known]
    (*_, less) = policy.outdated(llama[1:], TEXTS)
    assert (less.unknown, less.asking, less.ancestor) == ("LICENSE_NOT_LOADED", ("llama3.1",), BASE)
    told = policy.outdated([nothing("cc-by-nc-4.0"), nothing("in-no-table", ancestor=ROOT, hops=2)], TEXTS)
    assert [row.unknown for row in told] == [None, "LICENSE_NOT_LOADED", None, "LICENSE_NOT_LOADED"]
    assert decide(*told).level == "review"


# Rows in and out.


def answer(*rows: tuple[str, Found], limit: int = 100) -> Rows:
    names = ("model", "ancestor", "hops", "term", "unknown", "asking", "licenses", "relations", "path")
    values = [
        (model, f.ancestor, f.hops, f.term, f.unknown, *map(list, (f.asking, f.licenses, f.relations, f.path)))
        for model, f in rows
    ]
    return Rows(tuple(Column(name, "ANY") for name in names), values, parameters={"limit": limit})


def test_the_rows_of_the_query_are_taken_by_model() -> None:
    first, second = asks("agreement", "llama3.1"), nothing("mit", hops=0)
    assert policy.found(answer(("a/A", first), ("a/a", second), ("a/A", second))) == {
        "a/A": [first, second],
        "a/a": [second],
    }


def test_rows_that_were_cut_leave_it_unknown() -> None:
    (cut, rest) = policy.found(answer(("a/A", nothing("mit", hops=0)), limit=1))["a/A"]
    assert (cut.unknown, cut.ancestor) == ("CUT", "a/A")
    assert decide(cut, rest).level == "review"


def test_a_row_for_each_verdict_and_one_where_nothing_binds() -> None:
    clear = policy.decide("a/clear", [nothing("mit")], policy.context("hosted", None), TEXTS)
    bound = decide(asks("noncommercial", "cc-by-nc-4.0"), unknown("SILENT", ancestor=ROOT, hops=2))
    rows = policy.rows([clear, bound], {"context": "hosted"})
    assert [(row[0], row[1], row[2], row[3], row[4], row[5]) for row in rows.values] == [
        ("a/clear", "allowed", "allowed", None, None, None),
        (MODEL, "denied", "denied", "noncommercial", None, BASE),
        (MODEL, "denied", "review", None, "SILENT", ROOT),
    ]
    assert {len(row) for row in rows.values} == {len(policy.COLUMNS)}
    assert policy.sentence(clear) == "a/clear: allowed in the context hosted"
    assert policy.sentence(bound) == (
        f"{MODEL}: denied in the context distributed, and not everything above it is known: noncommercial of {BASE}"
    )


def test_the_rules_of_a_context_with_their_places(tmp_path: Path) -> None:
    own = word(tmp_path, '[policies.app]\nkind = "hosted"\nallow = ["share_alike:*"]\n')
    rules = {row[2]: row[3:] for row in policy.table([policy.context("app", own)]).values}
    shipped = "Studbook's own policy for hosted use"
    assert rules["share_alike:*"] == ("allow", f"{own.path}:3")
    assert rules["share_alike:network"] == ("allow", f"{own.path}:3")
    assert rules["noncommercial"] == ("deny", shipped)
    assert rules[None] == ("review", shipped)


# Whatever is found.

FOUND = st.one_of(
    st.sampled_from(
        [
            asks(term, text, among=among, ancestor=f"a/{term[:3]}")
            for text in ("llama3.1", "cc-by-nc-sa-4.0", "agpl-3.0", "qwen", "openrail")
            for term in sorted(TEXTS[text].terms or ())
            for among in ((text,), (text, "mit"))
        ]
    ),
    st.sampled_from([unknown(code) for code in policy.UNKNOWN]),
    st.just(nothing("mit")),
)


@given(st.lists(FOUND, max_size=6), FOUND, st.sampled_from(CONTEXTS))
def test_more_found_is_never_milder(told: list[Found], more: Found, context: str) -> None:
    before, after = decide(*told, context=context), decide(*told, more, context=context)
    assert LEVELS.index(after.level) >= LEVELS.index(before.level)
    assert before.complete or not after.complete
    worst = [v.level for v in after.verdicts]
    assert worst == sorted(worst, key=LEVELS.index, reverse=True)
    assert after.level == (worst[0] if worst else "allowed")
    if not after.complete:
        assert after.level != "allowed"
