"""Verdicts: the acceptance cases of the licence table, each rule once more by hand, and what must hold for all of them.

`expected/license_verdicts.csv` was worked out from the licence texts by whoever made the table, before these rules.
"""

from __future__ import annotations

import csv
import re
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from studbook import licenses, licensing, resources, verdicts
from studbook.verdicts import LEVELS, RELATIONS, Declared, Upstream, Verdict

TABLE = licenses.shipped()
with (resources.DATA / "licenses.csv").open(encoding="utf-8", newline="") as _file:
    RAW = {row["tag"]: row for row in csv.DictReader(_file) if not row["alias_of"]}
with (Path(__file__).parents[1] / "expected/license_verdicts.csv").open(encoding="utf-8", newline="") as _file:
    CASES = list(csv.DictReader(_file))


def declared(*names: str) -> Declared:
    return Declared(frozenset(names))


def judged(parent: str, child: str, relation: str | None = "finetune", **of_child: object) -> Verdict:
    """Names joined by a comma; an empty text declares nothing."""
    above, below = (frozenset(text.split(",")) - {""} for text in (parent, child))
    return verdicts.judge([Declared(above)], Declared(below, **of_child), relation, table=TABLE)  # type: ignore[arg-type]


def ids(tags: str, names: str) -> list[str]:
    """License ids of the tags of a case, each with its license_name."""
    given_names = names.split(" + ")
    rows = [(tag, name or None) for tag, name in zip(tags.split(" + "), given_names, strict=False) if tag]
    rows += [(tag, None) for tag in tags.split(" + ")[len(given_names) :]]
    frame = pl.DataFrame(rows, schema={"tag": pl.String, "name": pl.String}, orient="row")
    return (
        frame.select(TABLE.declared(pl.col("tag"), name=pl.col("name"), link=pl.lit(None, pl.String)))
        .to_series()
        .to_list()
    )


@pytest.mark.parametrize(
    "case",
    CASES,
    ids=[f"{c['parent_name'] or c['parent']}-{c['child_name'] or c['child']}-{c['relation']}" for c in CASES],
)
def test_acceptance_cases(case: dict[str, str]) -> None:
    parents = [declared(name) for name in ids(case["parent"], case["parent_name"])]
    child = declared(*ids(case["child"], case["child_name"]))
    verdict = verdicts.judge(parents, child, case["relation"], table=TABLE)
    codes = tuple(case["reason_code"].split("+"))
    assert (verdict.level, verdict.reasons[: len(codes)]) == (case["verdict"], codes)


def test_there_are_all_cases() -> None:
    assert len(CASES) == 83


@pytest.mark.parametrize(
    ("parent", "child", "relation", "level", "reasons"),
    [
        # One of a parent's licences would be kept, the other not: what applies is open.
        ("mit,cc-by-nc-4.0", "mit", "finetune", "undecidable", ("PARENT_READINGS_DIFFER", "NONCOMMERCIAL_DROPPED")),
        # Both readings lose something, so that much is certain.
        ("gpl-3.0,cc-by-nc-4.0", "mit", "finetune", "conflict", ("NONCOMMERCIAL_DROPPED", "SHARE_ALIKE_LOST")),
        ("lgpl-3.0,cc-by-nc-4.0", "mit", "finetune", "review", ("PARENT_READINGS_DIFFER",)),
        # A user may take any of the child's.
        ("cc-by-nc-4.0", "cc-by-nc-4.0,mit", "finetune", "conflict", ("NONCOMMERCIAL_DROPPED",)),
        ("gpl-3.0,mit", "gpl-3.0,mit", "finetune", "ok", ("SAME_LICENSE",)),
        ("mit,other", "mit,other", "finetune", "undecidable", ("OPAQUE_BOTH",)),
        # No relation: like a fine-tune.
        ("cc-by-nc-4.0", "mit", None, "conflict", ("NONCOMMERCIAL_DROPPED",)),
        # A relabelled copy drops the limit although a text without derivatives has no token for it.
        ("cc-by-nc-nd-4.0", "mit", "quantized", "conflict", ("NONCOMMERCIAL_DROPPED",)),
        ("cc-by-nc-nd-4.0", "cc-by-nc-nd-4.0", "adapter", "review", ("ADAPTER_SCOPE_UNSTATED", "NO_DERIVATIVES")),
        ("polyform-strict-1-0-0", "polyform-strict-1-0-0", "quantized", "review", ("ND_COPY_OR_DERIVATIVE",)),
        ("cc-by-nc-sa-3.0", "cc-by-nc-sa-4.0", "finetune", "ok", ("LISTED_COMPATIBLE",)),
        ("cc-by-nc-sa-4.0", "cc-by-nc-sa-3.0", "finetune", "conflict", ("SHARE_ALIKE_LOST",)),
        ("mpl-2.0", "gpl-3.0", "finetune", "ok", ("LISTED_COMPATIBLE",)),
        ("gpl-3.0", "agpl-3.0", "quantized", "review", ("COPY_RELABELLED",)),
        ("cc0-1.0", "mit", "quantized", "ok", ("PARENT_ASKS_NOTHING",)),
        ("cc0-1.0", "", "finetune", "ok", ("PARENT_ASKS_NOTHING",)),
        ("", "mit", "finetune", "undecidable", ("PARENT_SILENT",)),
        ("no-such-name", "no-such-name", "finetune", "ok", ("SAME_UNRESOLVED_NAME",)),
        ("no-such-name", "another-name", "finetune", "undecidable", ("PARENT_LICENSE_UNKNOWN",)),
        ("unknown", "unknown", "finetune", "undecidable", ("OPAQUE_BOTH",)),
        ("gpl", "gpl", "finetune", "ok", ("SAME_UNRESOLVED_NAME",)),
        ("gpl-3.0", "gpl", "finetune", "review", ("TEXT_UNKNOWN", "SHARE_ALIKE_LOST")),
        ("cc-by-nc-4.0", "cc", "finetune", "review", ("TEXT_UNKNOWN",)),
        ("cc-by-nc-4.0", "openrail", "finetune", "review", ("TEXT_UNKNOWN", "NONCOMMERCIAL_DROPPED")),
        ("cc-by-nc-4.0", "jamba-open-model-license", "finetune", "review", ("LOW_CONFIDENCE_ROW",)),
        ("h-research", "", "finetune", "undecidable", ("CHILD_SILENT",)),  # not certain enough to say UPSTREAM_NC
        ("ecl-2.0", "lgpl-2.1", "finetune", "conflict", ("APACHE_INTO_GPL2",)),
        ("apache-2.0", "gpl-3.0", "finetune", "ok", ("NOTICE_TO_KEEP",)),
        ("qwen-research", "qwen", "finetune", "conflict", ("NONCOMMERCIAL_DROPPED",)),  # one vendor does not help
        ("ltx-2-community-license-agreement", "ltx-2.x-community-license", "finetune", "review", ("OTHER_VERSION_OF_AGREEMENT",)),
        ("bigcode-openrail-m", "mit", "finetune", "review", ("ATTACHMENT_A_NOT_SHOWN", "DOCUMENTATION_DUE")),
        ("gpl-3.0", "mit", "trained_on_outputs", "ok", ("OUTPUTS_NOT_DERIVATIVE",)),
        ("deepfloyd-if-license", "mit", "distilled", "review", ("OUTPUT_SCOPE_UNREAD", "NONCOMMERCIAL_DROPPED")),
        ("llama-license", "cc-by-nc-4.0", "trained_on_outputs", "ok", ("OUTPUTS_NOT_DERIVATIVE",)),
        ("minimax-h3-community-license-agreement", "mit", "distilled", "conflict", ("USE_RESTRICTIONS_DROPPED",)),
        ("falcon-llm-license", "mit", "trained_on_outputs", "review", ("OUTPUT_UNDER_POLICY",)),
    ],
)  # fmt: skip
def test_rules_by_hand(parent: str, child: str, relation: str | None, level: str, reasons: tuple[str, ...]) -> None:
    verdict = judged(parent, child, relation)
    assert (verdict.level, verdict.reasons[: len(reasons)]) == (level, reasons)


def test_vendor_terms_are_accounted_for_by_a_vendor_above() -> None:
    assert judged("apache-2.0", "gemma").reasons == ("VENDOR_TERMS_WITHOUT_VENDOR_ANCESTOR",)
    assert judged("apache-2.0", "gemma", vendor_known=True) == Verdict("ok", ("NOTICE_TO_KEEP",))
    merge = verdicts.judge([declared("apache-2.0"), declared("gemma")], declared("gemma"), "merge", table=TABLE)
    assert merge == Verdict("ok", ("NOTICE_TO_KEEP", "SAME_LICENSE"))


def test_an_edge_of_a_merge_is_judged_in_the_company_of_the_other_parents() -> None:
    first, second = declared("llama3.1"), declared("gemma")
    edges = [
        verdicts.judge([parent], first, "merge", table=TABLE, beside=other.licenses)
        for parent, other in ((first, second), (second, first))
    ]
    assert edges[0] == Verdict("ok", ("SAME_LICENSE",))
    assert (edges[1].level, edges[1].reasons[0]) == ("review", "SECOND_AGREEMENT_MISSING")
    both = verdicts.judge([first, second], declared("llama3.1", "gemma"), "merge", table=TABLE)
    assert "SECOND_AGREEMENT_MISSING" not in both.reasons  # one label with both names leaves neither out


@pytest.mark.parametrize(
    ("parent", "relation", "name", "missing"),
    [
        ("llama3", "finetune", "Llama-3-8B-mine", False),
        ("llama3", "finetune", "Llama-mine", True),
        ("llama3.1", "finetune", "llama_mine", False),
        ("llama3.1", "adapter", "my-llama", True),
        ("llama3.1", "quantized", "my-llama-GGUF", False),
        ("llama3.1", "trained_on_outputs", "mine", False),
        ("llama2", "finetune", "mine", False),
    ],
)
def test_the_word_that_a_name_begins_with(parent: str, relation: str, name: str, missing: bool) -> None:
    verdict = judged(parent, parent, relation, prefixes=TABLE.prefixes_of(name))
    assert ("NAME_PREFIX_MISSING" in verdict.reasons) is missing
    assert verdict.level == ("review" if missing else "ok")


@pytest.mark.parametrize(
    ("relation", "above", "below", "lost"),
    [
        ("finetune", True, False, True),
        ("quantized", True, False, True),
        ("adapter", True, False, False),  # the weights stay behind the gate
        ("finetune", True, True, False),
        ("finetune", True, None, False),
        ("finetune", None, False, False),
        ("finetune", False, False, False),
    ],
)
def test_gates(relation: str, above: bool | None, below: bool | None, lost: bool) -> None:
    mit = frozenset({"mit"})
    verdict = verdicts.judge([Declared(mit, gated=above)], Declared(mit, gated=below), relation, table=TABLE)
    assert verdict == (Verdict("review", ("GATE_LOST",)) if lost else Verdict("ok", ("SAME_LICENSE",)))


def test_small_reasons_do_not_hide_that_nothing_can_be_decided() -> None:
    gated = Declared(frozenset({"mit"}), gated=True, relicensed=True)
    silent = verdicts.judge([gated], Declared(gated=False), "finetune", table=TABLE)
    assert silent == Verdict("undecidable", ("CHILD_SILENT", "GATE_LOST", "PARENT_RELICENSED"))


def test_a_parent_in_no_snapshot_is_not_silent() -> None:
    verdict = verdicts.judge([Declared(missing=True)], declared("mit"), "finetune", table=TABLE)
    assert verdict == Verdict("undecidable", ("PARENT_MISSING",))


def test_a_parent_relicensed_is_judged_by_the_licence_of_that_time() -> None:
    then = Declared(frozenset({"gemma"}), relicensed=True)
    assert verdicts.judge([then], declared("gemma"), "finetune", table=TABLE) == Verdict(
        "review", ("PARENT_RELICENSED",)
    )
    dropped = verdicts.judge([then], declared("mit"), "finetune", table=TABLE)
    assert (dropped.level, dropped.reasons[0]) == ("conflict", "USE_RESTRICTIONS_DROPPED")


def test_the_agreement_among_the_files_makes_a_conflict_a_review() -> None:
    verdict = judged("gemma", "apache-2.0", text_kept=True)
    assert (verdict.level, verdict.reasons[0], verdict.reasons[-1]) == (
        "review",
        "TEXT_KEPT_IN_FILES",
        "USE_RESTRICTIONS_DROPPED",
    )
    assert judged("mit", "apache-2.0", text_kept=True).level == "ok"


def test_an_uncertain_row_of_an_organisation_brings_no_conflict_even_where_it_forbids_derivatives() -> None:
    own = TABLE.with_rows([{"tag": "cc-by-nd-4.0", "confidence": "low"}])
    nd = declared("cc-by-nd-4.0")
    verdict = verdicts.judge([nd], nd, "finetune", table=own)
    assert verdict == Verdict("review", ("LOW_CONFIDENCE_ROW", "NO_DERIVATIVES"))
    assert verdicts.judge([nd], nd, "finetune", table=TABLE).level == "conflict"


# Labels against everything upstream.


def told(own: str, *above: str, **facts: object) -> Verdict:
    licenses_above = frozenset(above)
    upstream: dict[str, object] = {"licenses": licenses_above, "firm": licenses_above}
    return verdicts.label(declared(*own.split()), Upstream(**(upstream | facts)), table=TABLE)  # type: ignore[arg-type]


def test_a_label_is_clear_only_when_everything_above_is_known_and_kept() -> None:
    assert told("apache-2.0", "mit") == Verdict("clear", ("NOTICE_TO_KEEP",))
    assert told("apache-2.0") == Verdict("clear", ("NOTHING_UPSTREAM",))
    assert told("apache-2.0", "mit", complete=False) == Verdict("undecidable", ("UPSTREAM_INCOMPLETE",))
    assert told("apache-2.0", suspected=True) == Verdict("undecidable", ("UNDECLARED_PARENT_SUSPECTED",))
    assert told("", "mit").level == "undecidable"
    assert told("other", "mit") == Verdict("undecidable", ("CHILD_LICENSE_UNKNOWN",))
    assert told("other").level == "undecidable"


def test_what_is_known_to_be_missing_counts_where_not_everything_is_known() -> None:
    verdict = told("mit", "cc-by-nc-4.0", complete=False)
    assert verdict == Verdict("conflict", ("NONCOMMERCIAL_DROPPED", "UPSTREAM_INCOMPLETE"))


def test_an_intermediate_that_dropped_terms_frees_nobody() -> None:
    assert told("apache-2.0", "llama3.1", "apache-2.0").reasons == ("AGREEMENT_DROPPED",)
    assert told("llama3.1", "llama3.1", "apache-2.0").level == "clear"


def test_what_reaches_a_model_through_an_adapter_is_judged_as_an_adapter() -> None:
    assert told("mit", "cc-by-nc-4.0", firm=frozenset()).reasons[0] == "ADAPTER_OF_NONCOMMERCIAL"
    assert told("mit", "gemma", firm=frozenset()).level == "conflict"  # the text names adapters


def test_what_reaches_a_model_through_copies_alone_is_judged_as_a_copy() -> None:
    assert told("mit", "apache-2.0", copied=frozenset({"apache-2.0"})) == Verdict("review", ("COPY_RELABELLED",))
    copied = told("cc-by-nd-4.0", "cc-by-nd-4.0", copied=frozenset({"cc-by-nd-4.0"}))
    assert copied == Verdict("review", ("ND_COPY_OR_DERIVATIVE",))


def test_an_ancestor_with_several_licences_leaves_a_question() -> None:
    open_choice = told("mit", licenses=frozenset(), firm=frozenset(), choices=frozenset({"mit", "cc-by-nc-4.0"}))
    assert open_choice == Verdict("review", ("PARENT_READINGS_DIFFER", "NONCOMMERCIAL_DROPPED"))
    either = told("bsd-2-clause", licenses=frozenset(), firm=frozenset(), choices=frozenset({"mit", "apache-2.0"}))
    assert either == Verdict("clear", ("NOTICE_TO_KEEP",))
    # Another ancestor has it for certain.
    certain = told("mit", "cc-by-nc-4.0", choices=frozenset({"mit", "cc-by-nc-4.0"}))
    assert certain.level == "conflict"


def test_agreements_that_meet_in_a_merge_above() -> None:
    assert told("llama3", "llama3", "mit", merged=True).reasons == ("MAY_NOT_IMPROVE_OTHER_LLM",)
    assert told("llama3.1", "llama3.1", "qwen", merged=True).reasons[0] == "SECOND_AGREEMENT_MISSING"


def test_a_label_that_names_no_certain_text_is_never_clear() -> None:
    assert told("gpl") == Verdict("review", ("VERSION_UNKNOWN",))
    assert told("cc") == Verdict("review", ("TEXT_UNKNOWN",))
    assert told("yi-license").reasons[0] == "LOW_CONFIDENCE_ROW"


def test_vendor_terms_without_that_vendor_are_not_clear_on_a_root_either() -> None:
    assert told("gemma") == Verdict("review", ("VENDOR_TERMS_WITHOUT_VENDOR_ANCESTOR",))
    own = Declared(frozenset({"gemma"}), vendor_known=True)
    assert verdicts.label(own, Upstream(), table=TABLE) == Verdict("clear", ("NOTHING_UPSTREAM",))


# The list of reasons.


def test_the_list_of_reasons_is_the_code_s() -> None:
    sources = [Path(module.__file__).read_text(encoding="utf-8") for module in (verdicts, licensing)]
    written = {code for source in sources for code in re.findall(r'"([A-Z][A-Z_0-9]{4,})"', source)}
    assert written == set(verdicts.reasons())


def test_every_reason_is_explained() -> None:
    known = verdicts.reasons()
    with (resources.DATA / "license_reasons.csv").open(encoding="utf-8", newline="") as file:
        assert len(list(csv.DictReader(file))) == len(known)
    for reason in known.values():
        assert reason.level in LEVELS
        assert reason.meaning.endswith(".")
        assert reason.source
    assert {code for code, reason in known.items() if reason.is_low} == {
        "NAME_PREFIX_MISSING",
        "GATE_LOST",
        "PARENT_RELICENSED",
    }


def test_no_licence_is_named_in_the_code() -> None:
    source = Path(verdicts.__file__).read_text(encoding="utf-8").lower()
    named = {tag for tag in RAW.keys() - licenses.OPAQUE if re.search(rf'["\'`]{re.escape(tag)}["\'`]', source)}
    assert named == set()


# What must hold for all licences.

KNOWN = sorted(tag for tag, row in RAW.items() if row["family"] != "unknown")
NAMES = [*RAW, "no-such-name", "another-name"]


def lost(above: dict[str, str], below: dict[str, str]) -> bool:
    """Whether a fine-tune's label surely lacks something, read from the file without the rules."""
    rule = above["child_licence_rule"].split("+")
    if above["derivatives"] not in ("yes", "unknown"):
        return True
    if below["tag"] == above["tag"]:
        return False
    listed = below["tag"] in above["compatible_with"].split("+")
    return (
        (above["commercial_use"] == "no" and below["commercial_use"] != "no")
        or ("same_licence" in rule and not listed)
        or ("carry_use_restrictions" in rule and below["restriction_set"] != above["restriction_set"])
        or "carry_agreement" in rule
        or "carry_conditions" in rule
        or "review" in rule
        or above["confidence"] == "low"
        or below["tag"] in above["incompatible_with"].split("+")
    )


def test_no_label_that_lacks_something_is_ok() -> None:
    """Every pair of licences with known terms, against the file itself: a wrong ok is the worst answer."""
    wrong = [
        (above, below, relation)
        for above in KNOWN
        for below in KNOWN
        for relation in ("finetune", "merge", None, "adapter", "quantized")
        if lost(RAW[above], RAW[below]) and judged(above, below, relation).level == "ok"
    ]
    assert wrong == []


def test_the_same_licence_never_conflicts_unless_it_allows_no_derivatives() -> None:
    for name in NAMES:
        for relation in (None, *RELATIONS):
            forbids = name in RAW and RAW[name]["derivatives"] in ("no", "private_only", "not_granted")
            level = judged(name, name, relation).level
            assert forbids or level == ("undecidable" if name in licenses.OPAQUE else "ok")


def test_low_confidence_and_family_tags_never_bring_a_conflict() -> None:
    vague = [
        tag
        for tag in KNOWN
        if RAW[tag]["confidence"] == "low"
        or (RAW[tag]["child_licence_rule"], RAW[tag]["derivative_scope"]) == ("review", "unknown")
    ]
    assert len(vague) == 13
    for one in vague:
        for other in KNOWN:
            assert judged(one, other).level != "conflict"
            assert judged(other, one).level != "conflict"


def test_an_adapter_is_never_judged_more_strictly_than_a_fine_tune() -> None:
    for above in KNOWN:
        for below in KNOWN:
            levels = [LEVELS.index(judged(above, below, relation).level) for relation in ("adapter", "finetune")]
            assert levels[0] >= levels[1]


sides = st.builds(
    Declared,
    st.frozensets(st.sampled_from(NAMES), max_size=2),
    missing=st.booleans(),
    relicensed=st.booleans(),
    gated=st.none() | st.booleans(),
    vendor_known=st.just(True),
    prefixes=st.none() | st.frozensets(st.sampled_from(TABLE.prefixes)),
    text_kept=st.booleans(),
)
relations = st.sampled_from([None, *RELATIONS])


@given(st.lists(sides, min_size=1, max_size=4), sides, relations, st.randoms(use_true_random=False))
def test_the_order_of_parents_does_not_matter(
    parents: list[Declared], child: Declared, relation: str | None, chance: object
) -> None:
    shuffled = list(parents)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    assert verdicts.judge(shuffled, child, relation, table=TABLE) == verdicts.judge(
        parents, child, relation, table=TABLE
    )


@given(st.lists(sides, min_size=1, max_size=3), sides, sides)
def test_another_parent_never_makes_a_merge_better(parents: list[Declared], another: Declared, child: Declared) -> None:
    """Vendors are accounted for throughout: an ancestor of the vendor rightly settles VENDOR_TERMS_…"""
    before = verdicts.judge(parents, child, "merge", table=TABLE)
    after = verdicts.judge([*parents, another], child, "merge", table=TABLE)
    assert LEVELS.index(after.level) <= LEVELS.index(before.level)


@given(st.lists(sides, min_size=2, max_size=3), sides)
def test_a_merge_is_as_bad_as_its_worst_edge(parents: list[Declared], child: Declared) -> None:
    edges = [
        verdicts.judge(
            [parent],
            child,
            "merge",
            table=TABLE,
            beside=frozenset[str]().union(*(p.licenses for p in parents[:i] + parents[i + 1 :])),
        )
        for i, parent in enumerate(parents)
    ]
    whole = verdicts.judge(parents, child, "merge", table=TABLE)
    assert whole.level == min((edge.level for edge in edges), key=LEVELS.index)


@given(sides, sides, relations)
def test_unknown_is_never_ok_except_under_the_same_name(
    parent: Declared, child: Declared, relation: str | None
) -> None:
    verdict = verdicts.judge([parent], child, relation, table=TABLE)
    unread = {
        name for name in parent.licenses | child.licenses if RAW.get(name, {"family": "unknown"})["family"] == "unknown"
    }
    assume(unread)
    assert verdict.level != "ok" or "SAME_UNRESOLVED_NAME" in verdict.reasons


@given(sides, sides, relations)
def test_the_first_reason_decides(parent: Declared, child: Declared, relation: str | None) -> None:
    verdict = verdicts.judge([parent], child, relation, table=TABLE)
    assert verdict.level in LEVELS
    assert len(set(verdict.reasons)) == len(verdict.reasons) > 0
    first = verdicts.reasons()[verdict.reasons[0]]
    # That readings differ is said of a review and of what cannot be decided; every other reason has one level.
    assert first.level == verdict.level or (first.code, verdict.level) == ("PARENT_READINGS_DIFFER", "undecidable")


@given(
    st.sampled_from(NAMES),
    st.frozensets(st.sampled_from(KNOWN), max_size=4),
    st.frozensets(st.sampled_from(KNOWN), max_size=4),
    st.frozensets(st.sampled_from(KNOWN), max_size=2),
    st.builds(Upstream, merged=st.booleans(), complete=st.booleans()),
)
@settings(max_examples=300)
def test_more_upstream_never_makes_a_label_better(
    own: str, above: frozenset[str], firm: frozenset[str], more: frozenset[str], facts: Upstream
) -> None:
    levels = ("conflict", "review", "undecidable", "clear")
    label = Declared(frozenset({own}), vendor_known=True)
    known = replace(facts, licenses=above | firm, firm=firm)
    grown = replace(facts, licenses=above | firm | more, firm=firm)
    before, after = (verdicts.label(label, upstream, table=TABLE) for upstream in (known, grown))
    assert levels.index(after.level) <= levels.index(before.level)
    assert before.level != "clear" or (
        facts.complete and own in RAW and not any(lost(RAW[name], RAW[own]) for name in firm)
    )
