"""An organisation's file: what is read from it, which mistake is told at which line, and where it is found."""

from __future__ import annotations

import json
import re
import tomllib
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studbook import licenses, organisation
from studbook.config import Settings
from studbook.errors import InputError
from studbook.organisation import Parent, find, load, locate, read

GOOD = """\
[licenses."acme-research-1.0"]
name = "Acme Research License 1.0"
family = "non_commercial"
commercial_use = "no"
derivatives = "yes"
share_alike = "none"
use_restrictions = "no"
child_licence_rule = "stay_noncommercial+carry_agreement"
source = "contract 4711, section 3"

[licenses.mit]
notes = "read by our counsel"

[aliases]
"Acme Research" = "acme-research-1.0"

[curations."northwind-ai/Kestrel-7B"]
license = ["apache-2.0", "acme research"]
who = "legal@example.org"
why = "written permission of 2026-03-01"
until = 2026-12-31

[curations."openshelf/Kestrel-7B"]
parents = [
  { id = "northwind-ai/Kestrel-7B", relation = "quantized" },
  { id = "northwind-ai/Kestrel-7B-Instruct", relation = "merge" },
]
who = "audit"
why = "same weights"

[policies.distributed]
allow = ["agreement"]
deny = ["share_alike:network"]

[policies.chatbot]
kind = "hosted"
allow = ["use_restrictions:llama3.1-aup"]
review = ["share_alike:*"]
default = "deny"
yearly_revenue = 2_500_000.5
monthly_users = 20_000
territory = ["EU", "US"]
"""


def file(folder: Path, text: str = GOOD) -> Path:
    path = folder / "studbook.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_good_file_is_read_whole(tmp_path: Path) -> None:
    path = file(tmp_path)
    word = read(path)
    assert word.licenses["mit"] == {"notes": "read by our counsel"}
    assert word.aliases == {"acme research": "acme-research-1.0"}
    kestrel = word.curations["northwind-ai/kestrel-7b"]
    assert (kestrel.id, kestrel.licenses) == ("northwind-ai/Kestrel-7B", ("apache-2.0", "acme-research-1.0"))
    assert (kestrel.who, kestrel.why) == ("legal@example.org", "written permission of 2026-03-01")
    assert (kestrel.until, kestrel.parents, kestrel.place) == (date(2026, 12, 31), (), f"{path}:17")
    assert kestrel.holds(date(2026, 12, 31))
    assert not kestrel.holds(date(2027, 1, 1))
    shelf = word.curations["openshelf/kestrel-7b"]
    assert shelf.parents == (
        Parent("northwind-ai/Kestrel-7B", "quantized"),
        Parent("northwind-ai/Kestrel-7B-Instruct", "merge"),
    )
    assert shelf.until is None
    distributed, chatbot = word.policies["distributed"], word.policies["chatbot"]
    assert (distributed.kind, distributed.default) == ("distributed", None)
    assert distributed.rules == {"agreement": "allow", "share_alike:network": "deny"}
    assert (chatbot.kind, chatbot.default) == ("hosted", "deny")
    assert (chatbot.yearly_revenue, chatbot.monthly_users) == (2_500_000.5, 20_000)
    assert (len(chatbot.territory), {"US", "DE", "FR"} - chatbot.territory) == (28, set())
    assert (distributed.yearly_revenue, distributed.monthly_users, distributed.territory) == (None, None, frozenset())
    assert (chatbot.places[""], chatbot.places["default"]) == (f"{path}:35", f"{path}:39")


def test_what_the_load_is_given(tmp_path: Path) -> None:
    word = read(file(tmp_path))
    known = word.curated_licenses(date(2026, 6, 1))
    assert known.rows() == [
        ("northwind-ai/Kestrel-7B", name, "legal@example.org", "written permission of 2026-03-01", date(2026, 12, 31))
        for name in ("apache-2.0", "acme-research-1.0")
    ]
    assert word.curated_licenses(date(2027, 1, 1)).is_empty()
    assert word.curated_licenses(date(2027, 1, 1)).schema == known.schema
    assert word.curated_parents(date(2027, 1, 1)).select("id", "reference", "relation", "position").rows() == [
        ("openshelf/Kestrel-7B", "northwind-ai/Kestrel-7B", "quantized", 0),
        ("openshelf/Kestrel-7B", "northwind-ai/Kestrel-7B-Instruct", "merge", 1),
    ]


def test_its_licences_are_among_the_shipped_ones(tmp_path: Path) -> None:
    table, shipped = read(file(tmp_path)).table, licenses.shipped()
    assert table.rows.keys() == {*shipped.rows, "acme-research-1.0"}
    acme = table.rows["acme-research-1.0"]
    assert (acme.terms, acme.complete) == ({"agreement", "noncommercial"}, True)
    assert table.find(" ACME research ") == acme
    assert table.rows["mit"] == replace(shipped.rows["mit"], notes="read by our counsel")
    assert all(table.rows[id_] == row for id_, row in shipped.rows.items() if id_ != "mit")
    assert table.version != shipped.version


def test_an_empty_cell_is_taken_away(tmp_path: Path) -> None:
    name = "tencent-hunyuan-community"
    table = read(file(tmp_path, f'[licenses."{name}"]\nterritory_restriction = ""\n')).table
    before = licenses.shipped().rows[name].terms or frozenset()
    assert before - (table.rows[name].terms or frozenset()) == {"territory"}


def test_an_empty_file_says_nothing(tmp_path: Path) -> None:
    word = read(file(tmp_path, ""))
    assert (word.licenses, word.aliases, word.curations, word.policies) == ({}, {}, {}, {})
    assert word.table.version == licenses.shipped().version
    assert word.curated_parents(date(2026, 1, 1)).is_empty()


def test_the_version_is_of_the_content(tmp_path: Path) -> None:
    first = read(file(tmp_path)).version
    assert read(file(tmp_path)).version == first
    assert read(file(tmp_path, GOOD + "\n")).version != first


BREACHES = [
    ("[licenses.mit]", "[licences.mit]", 11, "unknown key 'licences'; did you mean licenses?"),
    ("[licenses.mit]", "[license.mit]", 11, "unknown key 'license'; did you mean licenses?"),
    ("[licenses.mit]", "[licenses.mitt]", 11, "'mitt' is not in the shipped table; did you mean mit"),
    ("[licenses.mit]", "[licenses.MIT]", 11, "write the licence's id in lower case"),
    ("[licenses.mit]", '[licenses."gemma-terms-of-use"]', 11, "another spelling of 'gemma': override that one"),
    ('notes = "read by our counsel"', 'note = "read"', 12, "unknown key 'note'; did you mean notes"),
    ('notes = "read by our counsel"', "notes = 3", 12, "notes must be a text, not 3"),
    ('notes = "read by our counsel"', 'alias_of = "mit"', 12, "unknown key 'alias_of'"),
    ('commercial_use = "no"\n', "", 1, "as a new licence it needs commercial_use"),
    (
        'commercial_use = "no"',
        'commercial_use = "non"',
        4,
        "commercial_use 'non' is none of .*did you mean no",
    ),
    ('commercial_use = "no"', "commercial_use = false", 4, "commercial_use False is none of"),
    ('derivatives = "yes"', 'derivatives = "no"', 1, "derivatives and child_licence_rule disagree"),
    ('source = "contract 4711, section 3"', 'source = " "', 9, "source must be a text"),
    ('use_restrictions = "no"', 'use_restrictions = "yes"', 1, "restriction_set names|it restricts use"),
    ("+carry_agreement", "+cary_agreement", 8, "'cary_agreement' is no token of .*did you mean carry_agreement"),
    ('"Acme Research" =', '"MIT " =', 15, "'mit' is a licence itself"),
    ('= "acme-research-1.0"', '= "acme-reserch-1.0"', 15, "is the id of no licence.*did you mean acme-research-1.0"),
    ('= "acme-research-1.0"', '= "gemma-terms-of-use"', 15, "is the id of no licence.*did you mean gemma"),
    ('"Acme Research" =', '"acme research " = "mit"\n"Acme Research" =', 15, "is there twice: letter case"),
    ('"northwind-ai/Kestrel-7B"]\nlicense', '"Kestrel-7B"]\nlicense', 17, "'Kestrel-7B' is no model id"),
    ('"openshelf/Kestrel-7B"', '"northwind-AI/kestrel-7b"', 23, "is there twice: letter case"),
    ('"apache-2.0", ', '"apache-2", ', 18, "'apache-2' is no licence.*did you mean apache-2.0"),
    ('"apache-2.0", ', "2, ", 18, "2 is no licence"),
    ('license = ["apache-2.0", "acme research"]\n', "", 17, "it concludes nothing"),
    ('who = "legal@example.org"\n', "", 17, "who is missing"),
    ('why = "same weights"', 'why = ""', 29, "why must be a text"),
    ('why = "same weights"', 'reason = "same weights"', 29, "unknown key 'reason'"),
    ("2026-12-31", '"2026-12-31"', 21, "until must be a date like 2027-12-31, without quotes"),
    ("2026-12-31", "2026-12-31T00:00:00", 21, "until must be a date"),
    ('relation = "merge"', 'relation = "merged"', 24, "relation 'merged' is none of .*did you mean merge"),
    (', relation = "merge"', "", 24, "a parent needs relation"),
    ('id = "northwind-ai/Kestrel-7B",', 'id = "Kestrel-7B",', 24, "'Kestrel-7B' is no model id"),
    ('id = "northwind-ai/Kestrel-7B",', 'id = "openshelf/kestrel-7b",', 24, "a model is not its own parent"),
    ('-Instruct", relation = "merge"', '", relation = "quantized"', 24, "is there twice as quantized"),
    (
        '{ id = "northwind-ai/Kestrel-7B", relation = "quantized" }',
        '"northwind-ai/Kestrel-7B"',
        24,
        "parents must be a list",
    ),
    ("[policies.distributed]", "[policies.distribution]", 31, "kind is missing: .*did you mean distributed"),
    ("[policies.distributed]", '[policies.distributed]\nkind = "hosted"', 32, "is of its own kind"),
    (
        'kind = "hosted"',
        'kind = "host"',
        36,
        "kind 'host' is none of internal, hosted, distributed; did you mean hosted",
    ),
    ('allow = ["agreement"]', 'alow = ["agreement"]', 32, "unknown key 'alow'; did you mean allow"),
    ('allow = ["agreement"]', 'allow = "agreement"', 32, "allow must be a list of terms"),
    ('"agreement"', '"agrement"', 32, "'agrement' is no term; did you mean agreement"),
    ('"share_alike:network"', '"share_alike"', 33, "needs a value: write share_alike:\\*"),
    ('"share_alike:network"', '"share_alike:netwrk"', 33, "no term; did you mean network"),
    ('"share_alike:network"', '"noncommercial:*"', 33, "'noncommercial:\\*' is no term"),
    ("llama3.1-aup", "llama31-aup", 37, "no term; did you mean llama3.1-aup"),
    ('["share_alike:*"]', '["use_restrictions:llama3.1-aup"]', 38, "is there twice, in allow and in review"),
    (
        'default = "deny"',
        'default = "denied"',
        39,
        "default 'denied' is none of allow, review, deny; did you mean deny",
    ),
    ("2_500_000.5", '"2.5M"', 40, "yearly_revenue must be an amount in US dollars"),
    ("2_500_000.5", "inf", 40, "yearly_revenue must be an amount"),
    ("20_000", "true", 41, "monthly_users must be a whole number"),
    ("20_000", "-1", 41, "monthly_users must be a whole number"),
    ('"US"]', '"UK"]', 42, "'UK' is no ISO 3166 code.*did you mean GB"),
    ('"US"]', "[]]", 42, "is no ISO 3166 code"),
    ('["EU", "US"]', '"EU"', 42, "territory must be a list"),
    ("[aliases]\n", '[aliases]\n"x" = \n', 15, "this is no TOML: Invalid value"),
    ("[policies.chatbot]\n", "[policies.chatbot\n", 35, "this is no TOML"),
    ("[policies.chatbot]\n", "[policies.distributed]\n", 35, "this is no TOML: Cannot declare"),
]


@pytest.mark.parametrize(("old", "new", "line", "message"), BREACHES)
def test_each_breach_is_named_with_its_line(tmp_path: Path, old: str, new: str, line: int, message: str) -> None:
    assert old in GOOD
    path = file(tmp_path, GOOD.replace(old, new, 1))
    with pytest.raises(InputError) as caught:
        read(path)
    told = [what.partition(f"{path}:{line}: ")[2] for what in str(caught.value).splitlines()]
    assert any(re.search(message, what) for what in told), str(caught.value)
    assert caught.value.exit_code == 2


def test_all_breaches_are_told_in_order(tmp_path: Path) -> None:
    path = file(tmp_path, GOOD.replace('"agreement"', '"agrement"').replace("notes =", "note =").replace("-12-31", ""))
    path.write_text(path.read_text().replace("until = 2026", "until = 2"))
    with pytest.raises(InputError) as caught:
        read(path)
    lines = [int(line.removeprefix(f"{path}:").partition(":")[0]) for line in str(caught.value).splitlines()]
    assert lines == [12, 21, 32]


def test_each_licence_that_the_table_refuses_is_told(tmp_path: Path) -> None:
    text = '[licenses.mit]\nderivatives = "no"\n[licenses.llama2]\nuse_restrictions = "no"\n[licenses.gemma]\nnotes = "x"\n'
    path = file(tmp_path, text)
    with pytest.raises(InputError) as caught:
        read(path)
    first, second = str(caught.value).splitlines()
    assert first.startswith(f"{path}:1: derivatives and child_licence_rule disagree")
    assert second.startswith(f"{path}:3: restriction_set names a list, but use is free")


def test_two_licences_of_one_text_are_refused(tmp_path: Path) -> None:
    """The table names the later one, which is not the organisation's."""
    path = file(tmp_path, '[licenses."apache-2.0"]\nspdx_id = "MIT"\n')
    with pytest.raises(InputError, match=rf"^{re.escape(str(path))}:1: .*has the SPDX id MIT of 'apache-2.0'"):
        read(path)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("licenses = 3", 1),
        ("\naliases = []", 2),
        ("curations = 'x'", 1),
        ("policies = 1", 1),
        ("[licenses]\nmit = 3", 2),
        ("[policies]\n\nhosted = []", 3),
        ('[curations]\n"a/b" = "apache-2.0"', 2),
        ('[curations."a/b"]\nwho = "x"\nwhy = "y"\nparents = "c/d"', 4),
        ('a = """\n\n\n', 4),
    ],
)
def test_another_shape_is_refused(tmp_path: Path, text: str, line: int) -> None:
    path = file(tmp_path, text)
    with pytest.raises(InputError, match=f"^{re.escape(str(path))}:{line}: "):
        read(path)


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"nowhere\.toml: No such file"):
        read(tmp_path / "nowhere.toml")
    path = tmp_path / "latin.toml"
    path.write_bytes('name = "é"'.encode("latin-1"))
    with pytest.raises(InputError, match="it is not UTF-8"):
        read(path)


def test_parents_may_be_tables_of_an_array(tmp_path: Path) -> None:
    text = '[curations."a/b"]\nwho = "x"\nwhy = "y"\n' + "".join(
        f'[[curations."a/b".parents]]\nid = "{parent}"\nrelation = "merge"\n' for parent in ("c/d", "e/f", "nobody")
    )
    with pytest.raises(InputError) as caught:
        read(file(tmp_path, text))
    assert str(caught.value).endswith("studbook.toml:11: 'nobody' is no model id; write owner/name")
    word = read(file(tmp_path, text.replace("nobody", "g/h")))
    assert [parent.id for parent in word.curations["a/b"].parents] == ["c/d", "e/f", "g/h"]


# Where a key stands, whatever TOML allows around it.

KEYS = st.text("abc-_ .\"'#=[]é", min_size=1, max_size=5)
VALUES = st.sampled_from(
    [
        ["1"],
        ['"# no comment"'],
        ["'''", "[no.header]", "a = 1", "'''"],
        ['"""\\', "  b = 2", '"""'],
        ["[", "  1, # one", "  2,", "]"],
        ['{ x = 1, "y z" = [2] }'],
        ["2026-12-31"],
    ]
)
BETWEEN = st.lists(st.sampled_from(["", "# [comment]", "  # x = 1", "\t"]), max_size=2)


@given(st.dictionaries(KEYS, st.dictionaries(KEYS, st.tuples(VALUES, BETWEEN), max_size=4), max_size=4), BETWEEN)
def test_every_key_is_found_on_its_line(
    tables: dict[str, dict[str, tuple[list[str], list[str]]]], before: list[str]
) -> None:
    lines = list(before)
    told: dict[tuple[str, ...], int] = {}
    for name, keys in tables.items():
        lines.append(f" [{json.dumps(name)}] # a table")
        told[(name,)] = len(lines)
        for key, (value, between) in keys.items():
            told[name, key] = len(lines) + 1
            lines += [f"{json.dumps(key)} = {value[0]}", *value[1:], *between]
    text = "\n".join(lines)
    assert {name: set(keys) for name, keys in tomllib.loads(text).items()} == {
        name: set(keys) for name, keys in tables.items()
    }
    found = locate(text)
    assert {at: found[at] for at in told} == told


def test_dotted_keys_and_nested_tables_are_found() -> None:
    text = "a.b.c = 1\r\n\r\n[d.e]\r\nf.g = { h = 2 }\r\n[[i]]\r\nj = 3\r\n[[i]]\r\nj = 4\r\n[i.k]\r\nl = 5\r\n"
    found = locate(text)
    ways = {
        ("a",): 1,
        ("a", "b", "c"): 1,
        ("d",): 3,
        ("d", "e"): 3,
        ("d", "e", "f", "g", "h"): 4,
        ("i", 0): 5,
        ("i", 0, "j"): 6,
        ("i", 1): 7,
        ("i", 1, "j"): 8,
        ("i", 1, "k"): 9,
        ("i", 1, "k", "l"): 10,
    }
    assert {at: found[at] for at in ways} == ways


# Curations and policies there and back.

IDS = st.from_regex(r"[a-z]{1,3}/[A-Z][a-z0-9.-]{0,2}[a-z]", fullmatch=True).filter(lambda id_: ".." not in id_)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1).filter(str.strip)
CURATIONS = st.dictionaries(
    IDS,
    st.tuples(
        st.lists(st.sampled_from(["mit", "llama3.1", "gemma-terms-of-use"]), min_size=1, max_size=3),
        st.lists(st.tuples(st.just("z9/Parent"), st.sampled_from(["finetune", "merge"])), max_size=2, unique=True),
        TEXTS,
        TEXTS,
        st.none() | st.dates(),
    ),
    max_size=3,
)


def quoted(text: str) -> str:
    """A basic string of TOML: JSON's, whose DEL is not escaped."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


@given(curations=CURATIONS)
def test_curations_there_and_back(tmp_path_factory: pytest.TempPathFactory, curations: dict[str, Any]) -> None:
    lines = []
    for id_, (names, parents, who, why, until) in curations.items():
        lines += [f'[curations."{id_}"]', f"license = {json.dumps(names)}", f"who = {quoted(who)}"]
        lines += [f"why = {quoted(why)}"] + ([f"until = {until.isoformat()}"] if until else [])
        lines += [f"parents = [{', '.join(f'{{ id = {quoted(i)}, relation = {quoted(r)} }}' for i, r in parents)}]"]
    path = file(tmp_path_factory.mktemp("there"), "\n".join(lines))
    assert {
        given.id: (given.licenses, [(p.id, p.relation) for p in given.parents], given.who, given.why, given.until)
        for given in read(path).curations.values()
    } == {
        id_: (
            tuple(dict.fromkeys("gemma" if name == "gemma-terms-of-use" else name for name in names)),
            parents,
            who,
            why,
            until,
        )
        for id_, (names, parents, who, why, until) in curations.items()
    }


# Where the file is looked for.


@pytest.fixture
def folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home folder with a repository in it, and the user's own configuration elsewhere."""
    home = tmp_path / "home"
    (home / "code" / "repo" / ".git").mkdir(parents=True)
    (home / "code" / "repo" / "deep" / "down").mkdir(parents=True)
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    return home


def test_the_nearest_file_is_found(folders: Path, tmp_path: Path) -> None:
    repo, deep = folders / "code" / "repo", folders / "code" / "repo" / "deep" / "down"
    assert find(deep) is None
    above = file(folders / "code")
    assert find(deep) is None, "a repository ends the search"
    assert find(folders / "code") == above
    at_top = file(repo)
    assert find(deep) == at_top
    nearest = file(deep)
    assert find(deep) == nearest
    at_home = file(folders)
    above.unlink()
    assert find(folders / "code") == at_home
    file(tmp_path)
    at_home.unlink()
    assert find(folders / "code") is None, "the home folder ends the search"


def test_outside_of_home_and_repository_no_parent_is_trusted(folders: Path, tmp_path: Path) -> None:
    shared = tmp_path / "shared"
    (shared / "mine").mkdir(parents=True)
    file(shared)
    assert find(shared / "mine") is None
    own = tmp_path / "config" / "studbook"
    own.mkdir(parents=True)
    assert find(shared / "mine") is None
    assert find(shared / "mine") == file(own) or find(shared / "mine") == own / "studbook.toml"
    assert find(shared) == shared / "studbook.toml"


def test_a_named_file_comes_first(folders: Path, tmp_path: Path) -> None:
    assert load(None, folders) is None
    file(folders, "")
    other = file(tmp_path)
    found = load(None, folders)
    assert found is not None
    assert found.path == folders / "studbook.toml"
    named = load(other, folders)
    assert named is not None
    assert named.path == other
    assert Settings.from_environment({"STUDBOOK_CONFIG": str(other)}).config == other
    assert Settings.from_environment({"STUDBOOK_CONFIG": ""}).config is None


def test_the_terms_are_the_tables() -> None:
    names = {term.partition(":")[0] for row in licenses.shipped().rows.values() for term in row.terms or ()}
    assert names == {*organisation.PLAIN_TERMS, *organisation.TERMS_WITH_VALUE}


def test_territories() -> None:
    table = organisation.territories()
    assert len(table) == 249 + 1
    assert len(table["EU"]) == 27
    assert table["GB"] == {"GB"}
    assert "GB" not in table["EU"]
    assert {"DE", "HR", "CY"} <= table["EU"]


def test_the_example_in_the_readme_is_read(tmp_path: Path) -> None:
    readme = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"```toml\n(.*?)```", readme, flags=re.DOTALL)
    path = tmp_path / "studbook.toml"
    path.write_text(example, encoding="utf-8")
    own = organisation.read(path)
    license_ = own.table.find("Acme-Research-1.0")
    assert license_ is not None
    assert license_.terms == {"noncommercial"}
    assert own.curations["somebody/silent-model"].licenses == ("apache-2.0",)
    assert own.policies["chatbot"].kind == "hosted"
