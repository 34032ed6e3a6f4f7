"""The licence table: which terms each licence asks, and how two sets of terms compare.

A licence is a set of terms, never a rank: no order of restrictiveness is invented. The table is `data/licenses.csv`
(sources and confidence in its columns), which an organisation may extend by rows of its own. Notices and credits are
no terms here, because every label asks for some.
"""

from __future__ import annotations

import csv
import difflib
import hashlib
import json
import re
from collections.abc import Callable, Iterable, Mapping, Set
from dataclasses import dataclass, fields
from functools import cache, cached_property
from typing import Any

import polars as pl

from studbook import resources
from studbook.errors import InputError

OPAQUE = ("other", "unknown")
"""Hub ids that name no text: two of them are not "the same licence"."""

CHANGES = ("kept", "loosened", "tightened", "changed", "dropped", "added", "unknown")

RULES = {
    "any": "asks nothing",
    "any_with_notice": "may go on under any licence if its notices are kept",
    "carry_use_restrictions": "binds whoever receives a derivative to the same list of use restrictions",
    "show_use_restrictions": "lets a derivative have any licence that includes its use restrictions",
    "carry_documentation": "asks for documentation of the same or better quality",
    "carry_agreement": "asks that a copy of the agreement goes with a derivative",
    "carry_conditions": "asks that the condition for large users is repeated",
    "same_licence": "asks that a derivative stays under the same terms or listed compatible ones",
    "same_licence_for_modified_files": "stays on the files that were changed",
    "stay_noncommercial": "allows no commercial use, of derivatives neither",
    "name_prefix": "asks that the name of a derivative begins with a given word",
    "no_sharing_of_derivatives": "lets nobody share what was changed",
    "no_derivatives_granted": "grants no right to change it",
    "review": "has to be read by a person",
}
"""Tokens of `child_licence_rule`, as what the licence does."""

OUTPUTS = ("no_other_models", "noncommercial", "name", "credit", "policy", "territory")
"""What may be said about output, in the order in which it is told."""

_TRIPLE = frozenset({"yes", "no", "unknown"})
VALUES: dict[str, Set[str]] = {
    "family": {
        "permissive",
        "weak_copyleft",
        "strong_copyleft",
        "non_commercial",
        "use_restricted",
        "vendor_community",
        "no_derivatives",
        "varies",
        "unknown",
    },
    "commercial_use": _TRIPLE | {"conditional", "computational_use_only"},
    "derivatives": _TRIPLE | {"private_only", "not_granted"},
    "share_alike": {"none", "work", "file", "library", "package", "data", "database", "network", "unknown"},
    "use_restrictions": _TRIPLE,
    "restrictions_flow_down": _TRIPLE,
    "relicense_derivative": {
        "any",
        "same_only",
        "compatible_only",
        "different_terms_if_restrictions_included",
        "different_terms_if_conditions_passed_on",
        "none",
        "unknown",
    },
    "confidence": {"high", "medium", "low"},
}
"""Columns of the table that take one of a few values."""

_SCOPE = {"copy", "modified", "lora", "distilled", "trained_on_outputs", "unknown"}
_NO_DERIVATIVES = {"no_sharing_of_derivatives", "no_derivatives_granted"}
_PREFIX = re.compile(r'begins with "([^"]+)"')


@dataclass(frozen=True, slots=True)
class License:
    """A licence as it was read. `unknown` is a value: nothing is inferred from it. The README beside the source of
    the table says what each column means."""

    id: str
    name: str
    spdx_id: str
    kind: str = "license_name"
    """hub_id: a value of the Hub's `license`; license_name: what stands beside `license: other`."""
    family: str = "unknown"
    commercial_use: str = "unknown"
    derivatives: str = "unknown"
    share_alike: str = "unknown"
    use_restrictions: str = "unknown"
    restrictions_flow_down: str = "unknown"
    restriction_set: str | None = "unknown"
    attribution: frozenset[str] = frozenset({"unknown"})
    naming_requirement: str | None = None
    scale_threshold: str | None = None
    outputs: tuple[tuple[str, str], ...] = ()
    """(code, what it says) of each restriction on output."""
    territory_restriction: str | None = None
    rule: frozenset[str] = frozenset({"review"})
    """Tokens of RULES."""
    relicense_derivative: str = "unknown"
    compatible_with: frozenset[str] = frozenset()
    """Ids that satisfy its share-alike, one way."""
    incompatible_with: frozenset[str] = frozenset()
    """Ids whose own text refuses what comes under this licence."""
    derivative_scope: frozenset[str] = frozenset({"unknown"})
    vendor: str | None = None
    """The vendor's family of models without which the terms make no sense (`implies_parent_family`)."""
    confidence: str = "low"
    basis: str | None = None
    source: str | None = None
    notes: str | None = None
    scancode_key: str | None = None
    scancode_category: str | None = None

    def __post_init__(self) -> None:
        for column, allowed in VALUES.items():
            self._expect(getattr(self, column) in allowed, f"{column} is {getattr(self, column)!r}")
        self._expect(self.id == self.id.lower().strip() != "", "its name is not in lower case, or not trimmed")
        self._expect(bool(self.rule) and self.rule <= RULES.keys(), f"child_licence_rule has {sorted(self.rule)}")
        self._expect(self.derivative_scope <= _SCOPE, f"derivative_scope has {sorted(self.derivative_scope)}")
        codes = [code for code, _ in self.outputs]
        self._expect(
            set(codes) <= set(OUTPUTS) and all(said for _, said in self.outputs),
            f"output_restriction has {codes}, and each item is `code: what it says`",
        )
        listed = self.restriction_set is not None
        self._expect(
            self.use_restrictions != "yes" or listed, "it restricts use, but restriction_set does not say by which list"
        )
        self._expect(self.use_restrictions != "no" or not listed, "restriction_set names a list, but use is free")
        self._expect(
            self.restrictions_flow_down != "yes" or self.use_restrictions == "yes",
            "restrictions_flow_down is yes without a list of restrictions",
        )
        self._expect(
            not self.rule & {"carry_use_restrictions", "show_use_restrictions"} or self.restrictions_flow_down == "yes",
            "its rule passes restrictions on, restrictions_flow_down does not",
        )
        if not self.known:
            asked = (self.commercial_use, self.derivatives, self.share_alike, self.use_restrictions)
            self._expect(
                self.rule == {"review"} and set(asked) == {"unknown"}, "its family is unknown, but its terms are not"
            )
            return
        self._expect(
            bool(self.rule & _NO_DERIVATIVES) == (self.derivatives in ("no", "private_only", "not_granted")),
            "derivatives and child_licence_rule disagree",
        )
        self._expect(
            "stay_noncommercial" not in self.rule or self.commercial_use == "no",
            "child_licence_rule says stay_noncommercial, commercial_use does not",
        )
        self._expect(
            "same_licence" not in self.rule or self.share_alike not in ("none", "unknown"),
            "child_licence_rule says same_licence, share_alike does not",
        )
        self._expect(
            not self.rule & {"same_licence", "carry_agreement"} or self.relicense_derivative != "any",
            "relicense_derivative is any, but child_licence_rule is not",
        )
        self._expect(
            "carry_conditions" not in self.rule or self.scale_threshold is not None,
            "child_licence_rule says carry_conditions, but scale_threshold is empty",
        )
        self._expect(
            ("name_prefix" in self.rule) == (self.prefix is not None),
            'child_licence_rule says name_prefix, but naming_requirement has no `begins with "…"`, or the reverse',
        )

    def _expect(self, fine: bool, problem: str) -> None:
        if not fine:
            raise InputError(
                f"Reading licence {self.id!r}: {problem}; the columns and their values are in the README of the table"
            )

    @property
    def known(self) -> bool:
        """Whether anything is known of its terms."""
        return self.family != "unknown"

    @property
    def bare_family(self) -> bool:
        """Whether it names a family of texts and not one text: which terms apply is open."""
        return self.known and "review" in self.rule and self.derivative_scope == {"unknown"}

    @property
    def open(self) -> bool:
        """Whether the licence lets anybody use the work for anything."""
        return self.family in ("permissive", "weak_copyleft", "strong_copyleft")

    @property
    def prefix(self) -> str | None:
        """The word that the name of a derivative has to begin with, as `spelt` writes it."""
        return _prefix(self.naming_requirement or "") if "name_prefix" in self.rule else None

    @property
    def first_word(self) -> str | None:
        """The same in the text's own spelling."""
        found = _PREFIX.search(self.naming_requirement or "") if "name_prefix" in self.rule else None
        return found[1] if found else None

    @property
    def terms(self) -> frozenset[str] | None:
        """What it asks beyond notices; None when nothing is known of it."""
        asked = {
            "noncommercial": self.commercial_use == "no",
            "computational_use_only": self.commercial_use == "computational_use_only",
            "commercial_use_conditional": self.commercial_use == "conditional",
            "no_derivatives": self.derivatives in ("no", "not_granted", "private_only"),
            f"share_alike:{self.share_alike}": self.share_alike not in ("none", "unknown"),
            f"use_restrictions:{self.restriction_set}": self.use_restrictions == "yes",
            "agreement": "carry_agreement" in self.rule,
            "name_prefix": "name_prefix" in self.rule,
            "outputs_no_other_models": "no_other_models" in dict(self.outputs),
            "territory": self.territory_restriction is not None,
        }
        found = frozenset(term for term, is_asked in asked.items() if is_asked)
        return found if found or self.commercial_use != "unknown" else None

    @property
    def complete(self) -> bool:
        """Whether every term is known, so that a term that is not named is known to be absent.

        A family tag such as `openrail` has restrictions, but which list is unknown.
        """
        asked = (self.commercial_use, self.derivatives, self.share_alike, self.use_restrictions, self.restriction_set)
        return "unknown" not in asked


@cache
def _prefix(naming_requirement: str) -> str | None:
    found = _PREFIX.search(naming_requirement)
    return re.sub("[^a-z0-9]", "", found[1].lower()) if found else None


_COLUMNS = {"tag": "id", "child_licence_rule": "rule", "implies_parent_family": "vendor"} | {
    name: name for name in (field.name for field in fields(License)) if name not in ("id", "rule", "vendor", "outputs")
}
"""Columns of the file that become a field as they are; `output_restriction` and `alias_of` are read apart."""

_SETS = {"attribution", "rule", "compatible_with", "incompatible_with", "derivative_scope"}
_OTHER_COLUMNS = {"output_restriction", "alias_of", "models_2025_07"}


def _license(row: Mapping[str, str]) -> License:
    """A row of the table as it is in the file; columns that are missing or empty keep what License assumes."""
    if unknown := row.keys() - _COLUMNS.keys() - _OTHER_COLUMNS:
        raise InputError(
            f"Reading licence {row.get('tag')!r}: the table has no column {', '.join(map(repr, sorted(unknown)))}"
        )
    values: dict[str, Any] = {
        field: frozenset(row[column].split("+")) if field in _SETS else row[column]
        for column, field in _COLUMNS.items()
        if row.get(column)
    }
    if row.get("use_restrictions") == "no" and not row.get("restriction_set"):
        values["restriction_set"] = None
    elif row.get("use_restrictions") == "yes":
        values["restriction_set"] = row.get("restriction_set") or None
    # A comma or semicolon may be part of what is said, so that only a known code begins an item.
    items = re.split(rf"(?:^|; )(?=(?:{'|'.join(OUTPUTS)}): )", row.get("output_restriction") or "")
    outputs = tuple((code.strip(), text.strip()) for code, _, text in (item.partition(":") for item in items if item))
    values.setdefault("name", row["tag"])
    values.setdefault("spdx_id", "LicenseRef-" + re.sub("[^A-Za-z0-9.]+", "-", row["tag"]).strip("-"))
    return License(**values, outputs=outputs)


@dataclass(frozen=True, eq=False)
class Table:
    """Licences by id, and other spellings of their names. Two tables are equal only if they are the same object, so
    that a verdict can be remembered with its table."""

    rows: Mapping[str, License]
    aliases: Mapping[str, str]
    links: Mapping[str, str]
    """Addresses of licence texts, as `_address` spells them, each with the id of its licence."""
    vendors: Mapping[str, frozenset[str]]
    """Each vendor's family of models with the Hub accounts, in lower case, that publish it."""

    def __post_init__(self) -> None:
        spdx: dict[str, str] = {}
        for row in self.rows.values():
            other = spdx.setdefault(row.spdx_id, row.id)
            if other != row.id and row.spdx_id != "NOASSERTION":
                raise InputError(
                    f"Reading licence {row.id!r}: it has the SPDX id {row.spdx_id} of {other!r}; one text has one row, "
                    "so make it an alias or give it an id of its own"
                )
            for name in row.compatible_with | row.incompatible_with:
                if name not in self.rows:
                    raise InputError(
                        f"Reading licence {row.id!r}: it refers to {name!r}, which the table does not have"
                    )
        for kind, pointers in (("alias", self.aliases), ("link", self.links)):
            for name, target in pointers.items():
                if target not in self.rows:
                    raise InputError(
                        f"Reading the {kind} {name!r}: it leads to {target!r}, which is no licence of the table; an "
                        "alias of an alias is not followed"
                    )
        for alias in self.aliases:
            if alias in self.rows or alias != alias.lower().strip():
                raise InputError(f"Reading the alias {alias!r}: it is a licence itself, or not in lower case")

    @cached_property
    def version(self) -> str:
        """Digest of everything in the table, as stored on every Snapshot."""
        rows = [{f.name: _plain(getattr(row, f.name)) for f in fields(row)} for row in self.rows.values()]
        vendors = {family: sorted(owners) for family, owners in self.vendors.items()}
        content = [sorted(rows, key=lambda row: str(row["id"])), dict(self.aliases), dict(self.links), vendors]
        return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:12]

    def with_rows(self, rows: Iterable[Mapping[str, str]], *, aliases: Mapping[str, str] | None = None) -> Table:
        """This table with an organisation's own rows and aliases, which win over the shipped ones.

        A row has the columns of the file and needs `tag` only: what it does not name is unknown, or, where the table
        has the licence already, as it was. InputError names the row that does not hold together.
        """
        merged, spelt, links = dict(self.rows), dict(self.aliases), dict(self.links)
        for row in rows:
            before = merged.get(row["tag"])
            merged[row["tag"]] = _license(({} if before is None else _row(before)) | dict(row))
            spelt.pop(row["tag"], None)
        for alias, target in (aliases or {}).items():
            name, into = alias.lower().strip(), target.lower().strip()
            merged.pop(name, None)
            for pointers in (spelt, links):  # what led to a licence that is an alias now goes with it
                pointers |= {known: into for known, leads_to in pointers.items() if leads_to == name}
            spelt[name] = into
        return Table(merged, spelt, links, self.vendors)

    def find(self, name: str) -> License | None:
        """The licence of this name in any spelling; None when the table does not have it."""
        spelt = name.lower().strip()
        return self.rows.get(self.aliases.get(spelt, spelt))

    def near(self, name: str) -> list[str]:
        """Up to three names of the table that look like this one, best first."""
        return difflib.get_close_matches(name.lower().strip(), [*self.rows, *self.aliases], n=3, cutoff=0.6)

    def canonical(self, names: pl.Expr) -> pl.Expr:
        """License ids for declared names: lower case, trimmed, other spellings replaced. Unknown names stay
        themselves."""
        spelt = names.str.to_lowercase().str.strip_chars()
        return spelt.replace(list(self.aliases), list(self.aliases.values()))

    def from_link(self, links: pl.Expr) -> pl.Expr:
        """License ids of the texts that these addresses lead to, null where that is not established.

        Known are addresses that the publisher of the text gives to it. A path in a repository on the Hub is not among
        them: what lies there changes.
        """
        return _address(links).replace_strict(
            list(self.links), list(self.links.values()), default=None, return_dtype=pl.String
        )

    def declared(self, license: pl.Expr, *, name: pl.Expr, link: pl.Expr) -> pl.Expr:
        """License ids for what a model declares: the licence, and for `other` the `license_name` and `license_link`.

        A name that the table has, even with unknown terms, is taken before the link; a link before a name that the
        table does not have; that name before `other`.
        """
        known = self.canonical(name)
        read = pl.coalesce(pl.when(known.is_in(list(self.rows))).then(known), self.from_link(link), known)
        own = self.canonical(license)
        return pl.when(own == "other").then(pl.coalesce(read, own)).otherwise(own)

    @cached_property
    def prefixes(self) -> tuple[str, ...]:
        """The words that some licence asks the name of a derivative to begin with, lower case, letters and digits."""
        return tuple(sorted({row.prefix for row in self.rows.values() if row.prefix}))

    def prefixes_kept(self, names: pl.Expr) -> pl.Expr:
        """For repository names (without owner) the list of `prefixes` that they begin with."""
        bare = names.str.to_lowercase().str.replace_all("[^a-z0-9]", "")
        found = [pl.when(bare.str.starts_with(prefix)).then(pl.lit(prefix)) for prefix in self.prefixes]
        return pl.concat_list(found).list.drop_nulls() if found else pl.lit([], dtype=pl.List(pl.String))

    def prefixes_of(self, name: str) -> frozenset[str]:
        """`prefixes_kept` of one name."""
        found: list[str] = pl.select(self.prefixes_kept(pl.lit(name))).item().to_list()
        return frozenset(found)

    def vendors_of(self, owners: pl.Expr) -> pl.Expr:
        """For Hub accounts the list of vendor families that they publish."""
        bare = owners.str.to_lowercase()
        found = [
            pl.when(bare.is_in(sorted(names))).then(pl.lit(family)) for family, names in sorted(self.vendors.items())
        ]
        return pl.concat_list(found).list.drop_nulls() if found else pl.lit([], dtype=pl.List(pl.String))

    @cached_property
    def frame(self) -> pl.DataFrame:
        """One row per licence with the columns of the License node, hash excepted, and `complete`.

        `terms` is the sorted list of terms, empty when the licence asks nothing beyond notices, null when its text is
        unknown. `complete` tells whether every term is known, so that an absent term is known to be absent.
        """
        as_they_are = ("id", "name", "spdx_id", "family")
        columns = (
            "commercial_use",
            "derivatives",
            "share_alike",
            "use_restrictions",
            "restriction_set",
            "scale_threshold",
            "source",
            "confidence",
        )
        values = [
            {
                **{column: getattr(row, column) for column in as_they_are},
                "terms": None if row.terms is None else sorted(row.terms),
                **{column: getattr(row, column) for column in columns},
                "known": True,
                "complete": row.complete,
            }
            for row in self.rows.values()
        ]
        types: dict[str, pl.DataType] = dict.fromkeys((*as_they_are, "terms", *columns), pl.String())
        types |= {"terms": pl.List(pl.String()), "known": pl.Boolean(), "complete": pl.Boolean()}
        return pl.DataFrame(values, schema=types)

    def change(self, parent: frozenset[str], child: frozenset[str]) -> str | None:
        """What became of the terms from parent to child, each given as the set of its License ids.

        One of `CHANGES`, or None when neither declares a licence. Several licences on one model are several readings:
        a word other than `unknown` is said only when all readings agree. Two models under the same unresolved name
        keep it; two under bare `other` do not.
        """
        if not parent or not child:
            return "dropped" if parent else "added" if child else None
        if parent == child:
            return _kept(parent)
        words = {_kept(frozenset({p})) if p == c else self._change(p, c) for p in parent for c in child}
        return words.pop() if len(words) == 1 else "unknown"

    def _change(self, parent: str, child: str) -> str:
        one, other = self.rows.get(parent), self.rows.get(child)
        if one is None or other is None or one.terms is None or other.terms is None:
            return "unknown"
        if one.terms > other.terms and other.complete:
            return "loosened"
        if one.terms < other.terms and one.complete:
            return "tightened"
        # A term missing from an incomplete row may be there all the same.
        if not (one.complete and other.complete):
            return "unknown"
        return _same_terms(one, other) if one.terms == other.terms else "changed"


def _same_terms(one: License, other: License) -> str:
    """Whether two texts under the same terms ask the same: each may ask for itself."""
    if one.bare_family != other.bare_family and one.share_alike != "none":
        return "unknown"  # a family tag may mean the other text
    return "kept" if all(_carries(other, term, one) for term in one.terms or ()) else "changed"


def _carries(license: License, term: str, of: License) -> bool:
    """Whether a term that two licences have is one demand."""
    if term.startswith("share_alike"):
        return license.id in of.compatible_with or of.id in license.compatible_with
    if term == "agreement":
        return False
    if term == "outputs_no_other_models":
        return license.vendor is not None and license.vendor == of.vendor
    own: dict[str, Callable[[License], str | None]] = {
        "name_prefix": lambda row: row.prefix,
        "commercial_use_conditional": lambda row: row.scale_threshold,
        "territory": lambda row: row.territory_restriction,
    }
    return term not in own or own[term](license) == own[term](of)


def _kept(licenses: frozenset[str]) -> str:
    return "unknown" if licenses & set(OPAQUE) else "kept"


def _plain(value: object) -> object:
    return sorted(value) if isinstance(value, frozenset) else value


def _row(row: License) -> dict[str, str]:
    """A licence as its row in the file."""
    values = {column: getattr(row, field) for column, field in _COLUMNS.items()}
    text = {
        column: "+".join(sorted(value)) if isinstance(value, frozenset) else value
        for column, value in values.items()
        if value
    }
    return text | {"output_restriction": "; ".join(f"{code}: {said}" for code, said in row.outputs)}


def _address(links: pl.Expr) -> pl.Expr:
    """An address without what does not tell texts apart: scheme, `www.`, query, fragment, letter case, the parts of an
    address that choose another language or form of the same text."""
    return (
        links.str.strip_chars()
        .str.to_lowercase()
        .str.replace(r"^https?://", "")
        .str.replace(r"^www\.", "")
        .str.replace(r"[?#].*$", "")
        .str.replace(r"/(legalcode|deed)(\.[a-z_-]+)?$", "")
        .str.replace(r"(\.(en|html?|txt|md|php|json))+$", "")
        .str.replace(r"/+$", "")
    )


@cache
def shipped() -> Table:
    """The table that ships with the package."""
    rows, aliases = {}, {}
    spdx: dict[str, str] = {}
    low = set()
    for row in _file("licenses.csv"):
        tag = row["tag"]
        spdx[tag] = row["spdx_id"]
        if row["confidence"] == "low":
            low.add(tag)
        if not row["alias_of"]:
            rows[tag] = _license(row)
            continue
        aliases[tag] = row["alias_of"]
        told = {
            "tag",
            "kind",
            "name",
            "spdx_id",
            "alias_of",
            "models_2025_07",
            "basis",
            "confidence",
            "source",
            "notes",
        }
        if terms := [column for column, value in row.items() if value and column not in told]:
            raise InputError(f"Reading the alias {tag!r}: it has terms of its own in {', '.join(terms)}")
    for alias, target in aliases.items():
        if spdx[alias] != spdx.get(target):
            raise InputError(f"Reading the alias {alias!r}: it has another SPDX id than {target!r}")
        if alias in low and target not in low:
            # Once the name is read, only the licence remains: the doubt about the alias would be lost.
            raise InputError(f"Reading the alias {alias!r}: it is less certain than {target!r}, its licence")
    links = {row["address"]: row["license"] for row in _file("license_links.csv")}
    vendors: dict[str, set[str]] = {}
    for row in _file("license_vendors.csv"):
        vendors.setdefault(row["family"], set()).add(row["owner"].lower())
    return Table(rows, aliases, links, {family: frozenset(owners) for family, owners in vendors.items()})


def _file(name: str) -> list[dict[str, str]]:
    with (resources.DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
