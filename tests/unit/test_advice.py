"""What the licence commands say."""

from __future__ import annotations

import pytest

from studbook import advice, licenses
from studbook.errors import InputError

TABLE = licenses.shipped()


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("mit", ["mit"]),
        ("mit+apache-2.0", ["mit", "apache-2.0"]),
        (" mit + apache-2.0 ", ["mit", "apache-2.0"]),
        ("openrail++", ["openrail++"]),
        ("openrail+++mit", ["openrail++", "mit"]),
        ("mit+openrail++", ["mit", "openrail++"]),
        ("", []),
    ],
)
def test_names_joined_by_plus(text: str, names: list[str]) -> None:
    assert advice.names(text) == names


def test_names_that_nobody_knows_get_suggestions() -> None:
    (known,) = advice.unknown(TABLE, ["lama3", "MIT", "Gemma-Terms-Of-Use"])
    assert known.startswith("'lama3' is not in the licence table (near: llama3,")
    with pytest.raises(InputError, match="is it llama3"):
        advice.find(TABLE, "lama3")
    with pytest.raises(InputError, match="studbook license list"):
        advice.find(TABLE, "zzzzzzzzzzzz")


def test_what_is_due_is_told_for_every_licence() -> None:
    """Every kind of attribution in the table has words, quoted texts excepted."""
    kinds = {kind for row in TABLE.rows.values() for kind in row.attribution} - {"none", "unknown"}
    assert {kind for kind in kinds if kind not in advice._ATTRIBUTION and not kind.startswith('"')} == set()
    assert advice.obligations(TABLE.rows["cc0-1.0"]) == []
    due = advice.obligations(TABLE.rows["llama3.1"])
    assert 'show "Built with Llama"' in due
    assert "hand on a copy of the licence" in due
    assert "bind whoever receives it to the use restrictions (llama3.1-aup)" in due


def test_options_leave_out_what_conflicts() -> None:
    found = advice.options(TABLE, [["cc-by-nc-4.0"]], relation="finetune")
    ok = {row.id for row, verdict in found.labels if verdict.level == "ok"}
    review = {row.id for row, verdict in found.labels if verdict.level == "review"}
    assert ok == {"cc-by-nc-4.0"}
    assert {"cc-by-nc-sa-4.0", "microsoft-research-license"} <= review
    assert not {"mit", "gpl-3.0", "llama3.1", "cc-by-nc-nd-4.0"} & (ok | review)
    assert found.labels[0][0].id == "cc-by-nc-4.0"


def test_options_of_permissive_parents() -> None:
    found = advice.options(TABLE, [["mit"], ["apache-2.0"]], relation="merge")
    levels = {row.id: verdict.level for row, verdict in found.labels}
    assert [row.id for row, _ in found.labels[:2]] == ["apache-2.0", "mit"]
    assert levels["gpl-3.0"] == levels["cc-by-nc-4.0"] == "ok"
    assert not {"gpl-2.0", "gpl", "gemma", "all-rights-reserved", "other"} & levels.keys()


def test_two_agreements_leave_no_label_that_carries_both() -> None:
    found = advice.options(TABLE, [["llama3.1"], ["qwen"]], relation="merge")
    assert {verdict.level for _, verdict in found.labels} == {"review"}
    told = advice.options_text(TABLE, found)
    assert "No single label carries what they ask." in told
    assert "Due under qwen, whatever the label:" in told
    assert told.count("not legal advice") == 1


def test_a_verdict_names_reasons_and_sources() -> None:
    asked = advice.check(TABLE, [["cc-by-nc-4.0"]], ["mit"], relation="finetune")
    told = advice.verdict_text(TABLE, asked)
    assert told.startswith("conflict: finetune of cc-by-nc-4.0, labelled mit\n  NONCOMMERCIAL_DROPPED: ")
    assert "3(a)(4) own licence allowed if recipients can still comply" in " ".join(told.split())
    assert told.count("not legal advice") == 1
    assert not {"violat", "infring", "illegal", "breach"} & set(told.lower().split())


def test_every_licence_can_be_described() -> None:
    for row in TABLE.rows.values():
        told = advice.describe(TABLE, row)
        assert told.splitlines()[0] == row.id
        assert told.count("not legal advice") == 1
        assert max(map(len, told.splitlines())) <= 100 or "http" in told
    assert set(advice.FAMILIES) == {row.family for row in TABLE.rows.values()}
