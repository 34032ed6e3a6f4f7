"""The graph as data: node kinds, edge kinds, keys, properties, types and one line on each.

The importer's headers, the Bolt statements' contract test, the hashes and the README's table come from here.
Identifiers use the field's words (`license`, `pipeline_tag`); null always means unknown or not applicable, never "no".
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

SCHEMA_VERSION = 3
"""Stored on each Snapshot; a change of meaning or name in this file raises it, and the next load rewrites the graph."""

Type = Literal["STRING", "INTEGER", "FLOAT", "BOOLEAN", "DATE", "ZONED DATETIME", "LIST<STRING>"]
Role = Literal["key", "fact", "counter", "hash"]


@dataclass(frozen=True)
class Property:
    """One property. Counters change daily and are refreshed apart; hashes cover facts and edges, never counters."""

    name: str
    type: Type
    description: str
    role: Role = "fact"


@dataclass(frozen=True)
class NodeKind:
    """One node label. The first property is the key."""

    label: str
    description: str
    properties: tuple[Property, ...]

    @property
    def key(self) -> Property:
        return self.properties[0]

    @property
    def facts(self) -> tuple[Property, ...]:
        """Properties covered by `facts_hash`, the key excepted."""
        return tuple(p for p in self.properties if p.role == "fact")

    def __post_init__(self) -> None:
        if [p.role for p in self.properties].count("key") != 1 or self.properties[0].role != "key":
            raise ValueError(f"{self.label}: exactly the first property is the key")


@dataclass(frozen=True)
class EdgeKind:
    """One relationship type; `start` and `end` are labels. Derivation edges point from child to parent."""

    type: str
    start: str
    end: str
    description: str
    properties: tuple[Property, ...] = ()


_FACTS_HASH = Property(
    "facts_hash", "INTEGER", "hash of every fact of this node, written in the same transaction as they are", "hash"
)
_NAME = Property("name", "STRING", "what people call it")
_KNOWN = Property("known", "BOOLEAN", "whether our tables know this value; unknown values load as themselves")
_EVIDENCE = Property("evidence", "STRING", "where it was declared: card or tag")
_DECLARED_AS = Property("declared_as", "STRING", "the declared spelling, when it differs from the id")

MODEL = NodeKind(
    "Model",
    "A model repository of the Hub, or a name that one of them gives as its parent.",
    (
        Property("id", "STRING", "owner/name in the Hub's own letter case", "key"),
        Property("id_lower", "STRING", "id in lower case: the Hub's ids are case-insensitive"),
        Property(
            "status",
            "STRING",
            "listed, removed (a complete snapshot lacks it), missing (named as a parent, in no snapshot) or internal",
        ),
        Property("hub_id", "STRING", "the Hub's _id, which survives a rename; null when the source has none"),
        Property("name", "STRING", "the part of the id after the slash"),
        Property("author", "STRING", "the part of the id before the slash"),
        Property("sha", "STRING", "revision of the repository"),
        Property(
            "created_at", "ZONED DATETIME", "creation; the Hub back-filled 2022-03-02T23:29:04Z for anything older"
        ),
        Property("last_modified", "ZONED DATETIME", "last commit"),
        Property("downloads", "INTEGER", "downloads of the last 30 days", "counter"),
        Property("downloads_all_time", "INTEGER", "downloads ever", "counter"),
        Property("likes", "INTEGER", "likes", "counter"),
        Property("trending_score", "FLOAT", "the Hub's trending score", "counter"),
        Property("gated", "STRING", "auto, manual or false; true when gated without saying how"),
        Property("regions", "LIST<STRING>", "region tags"),
        Property("parameters", "INTEGER", "number of parameters, from safetensors or GGUF metadata"),
        Property("formats", "LIST<STRING>", "weight formats named in the tags: safetensors, gguf, onnx …"),
        Property("new_version", "STRING", "the model that its publisher names as successor"),
        Property("license_name", "STRING", "the card's license_name, given where license is other"),
        Property("license_link", "STRING", "the card's license_link"),
        Property(
            "license_family",
            "STRING",
            "family of its licence (permissive, use_restricted …); null when unknown or when several disagree",
        ),
        Property(
            "unresolved_parents",
            "LIST<STRING>",
            "what was given as parent and is no model id: paths, addresses, bare names",
        ),
        Property("first_seen", "ZONED DATETIME", "as-of of the first snapshot that listed or named it"),
        Property(
            "last_seen", "ZONED DATETIME", "null while listed; else as-of of the last snapshot before it was gone"
        ),
        Property(
            "component",
            "STRING",
            "earliest root of its weakly connected component, merge edges included; null without any edge",
        ),
        Property(
            "generation_min",
            "INTEGER",
            "edges on the shortest path up to a root; 0 for a root; a cycle counts as one model",
        ),
        Property("generation_max", "INTEGER", "edges on the longest path up to a root; 0 exactly for roots"),
        Property("child_count", "INTEGER", "distinct direct children, itself excepted"),
        Property("descendant_count", "INTEGER", "distinct descendants over all relations, itself excepted"),
        Property("root_count", "INTEGER", "distinct ancestors of generation 0, itself excepted"),
        Property(
            "cycle_id",
            "STRING",
            "smallest id of the cycle it lies on, its own id for a self-parent; null outside cycles",
        ),
        Property(
            "upstream_terms",
            "LIST<STRING>",
            "licence terms known to be imposed by some ancestor: a minimum; null when none is known",
        ),
        Property(
            "upstream_complete",
            "BOOLEAN",
            "whether every ancestor states a licence whose terms are known; true for a model without parents",
        ),
        Property(
            "undecidable_reasons",
            "LIST<STRING>",
            "why not everything upstream is known, codes of data/license_reasons.csv; of UNDECLARED_PARENT_SUSPECTED the model or an ancestor gives cause; null when nothing stands in the way",
        ),
        Property(
            "label_verdict",
            "STRING",
            "clear, review, conflict or undecidable: its own licence against everything upstream, as declared; clear only when all of that is known; null for a missing model",
        ),
        Property(
            "label_reasons",
            "LIST<STRING>",
            "codes of data/license_reasons.csv behind label_verdict, the deciding first",
        ),
        Property(
            "parent_hints",
            "LIST<STRING>",
            "what in the name, tags or files of a model that declares no parent says that it has one; null when nothing",
        ),
        Property(
            "concluded_licenses",
            "LIST<STRING>",
            "licences that the organisation concluded for it, beside those it declares; every verdict goes by them",
        ),
        Property("concluded_by", "STRING", "who concluded its licences or asserted its parents"),
        Property("concluded_why", "STRING", "on what grounds"),
        Property(
            "declared_hash",
            "INTEGER",
            "hash of its licences, parents, gating, task, languages and hub_id as declared: changes are looked for where it differs; null for a missing model",
        ),
        Property(
            "card_length",
            "INTEGER",
            "characters of its card's body, what follows the metadata; 0 when it has no card, null when none was looked for. All facts of a card are those of the last one that was read, and stay until another is",
        ),
        Property(
            "card_hash",
            "INTEGER",
            "hash of the letters of its card's body, without its own id, name and owner: equal for cards that differ in nothing else; null when there are none",
        ),
        Property(
            "card_sections",
            "LIST<STRING>",
            "sections of data/documentation.csv in which its card says something, and evaluation_results where the card's metadata hold some; null for none",
        ),
        Property(
            "card_template",
            "STRING",
            "the tool of data/card_templates.csv whose sentence stands in its card, completed by hand or not; null for a card without such a sentence",
        ),
        Property(
            "documentation_score",
            "INTEGER",
            "0 to 100: the weights of data/documentation.csv of what its card and its metadata say, sections of a tool's card at half; null when no card was looked for",
        ),
        Property(
            "config_parents",
            "LIST<STRING>",
            "bases that the configuration of its weights names (adapter_config.json), as spelt there: ids, paths, bare names; null when none is known",
        ),
        Property(
            "lineage_confidence",
            "STRING",
            "high, medium or low: the weakest edge on any path to a root; null without parents",
        ),
        Property(
            "profile",
            "INTEGER",
            "hash of its licences, task, languages and library as declared: equal where all four are; null when it declares none",
        ),
        Property(
            "upstream_language_count",
            "INTEGER",
            "the most languages that one ancestor declares, at most 64; `multilingual` counts for two at least, `code` for none; null when no ancestor declares any",
        ),
        Property(
            "upstream_task_classes",
            "LIST<STRING>",
            "classes of the tasks that its ancestors have, sorted: a minimum; null when none is known",
        ),
        _FACTS_HASH,
        Property(
            "edges_hash", "INTEGER", "hash of its outgoing edges, written in the same transaction as they are", "hash"
        ),
    ),
)

ALIAS = NodeKind(
    "Alias",
    "Another name of a model: a canonical move, a rename of its owner.",
    (
        Property("id_lower", "STRING", "the other name in lower case", "key"),
        Property("name", "STRING", "the other name as it was spelt"),
        Property("source", "STRING", "who says so"),
        Property("since", "STRING", "ISO date of the change of name, as exactly as it is known"),
        _FACTS_HASH,
    ),
)

LICENSE = NodeKind(
    "License",
    "A licence as models declare it, with the terms that our table reads in its text.",
    (
        Property("id", "STRING", "the Hub's licence id, or the license_name behind `other`, in lower case", "key"),
        _NAME,
        Property("spdx_id", "STRING", "SPDX id or LicenseRef; null when the name is not in the table"),
        Property(
            "family",
            "STRING",
            "permissive, weak_copyleft, strong_copyleft, non_commercial, use_restricted, vendor_community, no_derivatives, varies or unknown",
        ),
        Property(
            "terms",
            "LIST<STRING>",
            "what it asks beyond notices, as a set; null when unknown, empty when it asks nothing",
        ),
        Property("commercial_use", "STRING", "yes, no, conditional, computational_use_only or unknown"),
        Property("derivatives", "STRING", "yes, private_only, no, not_granted or unknown"),
        Property(
            "share_alike",
            "STRING",
            "what share-alike reaches: none, work, file, library, package, data, database, network or unknown",
        ),
        Property("use_restrictions", "STRING", "yes when the text restricts fields of use"),
        Property("restriction_set", "STRING", "which list of use restrictions; two ids are two lists"),
        Property("scale_threshold", "STRING", "the size above which terms change"),
        Property("source", "STRING", "where the terms were read"),
        Property("confidence", "STRING", "high, medium or low"),
        _KNOWN,
        _FACTS_HASH,
    ),
)

LANGUAGE = NodeKind(
    "Language",
    "A language that a model declares.",
    (
        Property("id", "STRING", "ISO 639-1 code, else 639-3; `multilingual` and `code` as declared", "key"),
        _NAME,
        _KNOWN,
        _FACTS_HASH,
    ),
)

TASK = NodeKind(
    "Task",
    "A pipeline_tag.",
    (
        Property("id", "STRING", "the pipeline_tag", "key"),
        _NAME,
        Property("modality", "STRING", "the Hub's modality: nlp, cv, audio, multimodal, tabular, rl or other"),
        Property(
            "class",
            "STRING",
            "the paper's class: features, generative, classification or reinforcement-learning; null where it names none",
        ),
        _KNOWN,
        _FACTS_HASH,
    ),
)

LIBRARY = NodeKind(
    "Library",
    "A library_name.",
    (Property("id", "STRING", "the library_name", "key"), _NAME, _KNOWN, _FACTS_HASH),
)

DATASET = NodeKind(
    "Dataset",
    "A dataset that a model declares it was trained on.",
    (Property("id", "STRING", "the dataset's Hub id as declared", "key"), _FACTS_HASH),
)
PAPER = NodeKind("Paper", "A paper that a model cites.", (Property("id", "STRING", "arXiv id", "key"), _FACTS_HASH))
AUTHOR = NodeKind(
    "Author",
    "A user or organisation of the Hub.",
    (Property("id", "STRING", "the owner part of model ids", "key"), _FACTS_HASH),
)

FAMILY = NodeKind(
    "Family",
    "A weakly connected component of two or more models without merge edges (the paper's family).",
    (
        Property("id", "STRING", "id of its earliest root", "key"),
        Property("model_count", "INTEGER", "members"),
        Property("root_count", "INTEGER", "members of generation 0 within the family"),
        Property("generations", "INTEGER", "longest chain inside the family, in edges"),
        _FACTS_HASH,
    ),
)

NODES: tuple[NodeKind, ...] = (MODEL, ALIAS, LICENSE, LANGUAGE, TASK, LIBRARY, DATASET, PAPER, AUTHOR, FAMILY)
"""Node kinds that a load writes from its tables. `Snapshot` is written by the load itself."""

SNAPSHOT = NodeKind(
    "Snapshot",
    "One load: what was read, when it was true, what came of it.",
    (
        Property("id", "STRING", "as-of and a digest of the sources", "key"),
        Property("as_of", "ZONED DATETIME", "when the source was true"),
        Property("scope", "STRING", "complete or partial"),
        Property("status", "STRING", "loading or complete"),
        Property("sources", "LIST<STRING>", "file names"),
        Property("rows", "INTEGER", "rows read: loaded, cards_read and rejected"),
        Property("loaded", "INTEGER", "rows that became models"),
        Property("cards_read", "INTEGER", "rows that are a card of a model and nothing else"),
        Property("rejected", "INTEGER", "rows that are neither"),
        Property("rejections", "LIST<STRING>", "`count reason`, most frequent first"),
        Property("models", "INTEGER", "Model nodes after the load, stubs included"),
        Property("edges", "INTEGER", "derivation edges after the load"),
        Property("changes", "INTEGER", "Change nodes of this snapshot"),
        Property("cards", "INTEGER", "models whose card is known after the load"),
        Property("schema_version", "INTEGER", "version of the schema"),
        Property(
            "license_table_version", "STRING", "digest of the licence table, the organisation's licences included"
        ),
        Property("organisation_version", "STRING", "digest of the organisation's studbook.toml; null without one"),
        Property("studbook_version", "STRING", "version of the program"),
        Property("loaded_at", "ZONED DATETIME", "when the load began"),
    ),
)

CHANGE = NodeKind(
    "Change",
    "What one snapshot changed in one field of one model, compared with the snapshot before it.",
    (
        Property("id", "STRING", "snapshot, model and field", "key"),
        Property("model", "STRING", "id of the model with that snapshot; OF leads to it whatever it is called now"),
        Property(
            "field",
            "STRING",
            "license, parents, gated, task, languages, status (removal and return), id (a rename, told by hub_id) or hub_id (a freed name that somebody else registered)",
        ),
        Property(
            "before",
            "LIST<STRING>",
            "its values until then, sorted; null for none. A parent is `FINETUNE_OF owner/name`, or a path or address as it was given",
        ),
        Property("after", "LIST<STRING>", "its values from then on"),
        Property("snapshot", "STRING", "id of the Snapshot that first showed it"),
        Property("as_of", "ZONED DATETIME", "as-of of that snapshot: it changed no later"),
        Property(
            "previous_as_of",
            "ZONED DATETIME",
            "as-of of the last snapshot known to have listed it as before: it changed no earlier",
        ),
    ),
)

HISTORY: tuple[NodeKind, ...] = (SNAPSHOT, CHANGE)
"""Node kinds that loads add to and do not make anew."""

REVIEW = NodeKind(
    "Review",
    "What a person decided on findings, or that a model is flagged.",
    (
        Property("id", "STRING", "digest of what it is about", "key"),
        Property(
            "scope",
            "STRING",
            "model, ancestor (all that descends from that model), publisher (all that it publishes) or reason (all found for it)",
        ),
        Property(
            "subject", "STRING", "id of the model or the publisher; a code of data/license_reasons.csv or a query id"
        ),
        Property("query", "STRING", "id of the one query whose findings it is about; null for all"),
        Property("fingerprint", "STRING", "the one finding that it is about; null for all"),
        Property("queue", "STRING", "legal, localisation, documentation or evaluation; null for all"),
        Property("decision", "STRING", "accept, waive, false_positive or flag"),
        Property("who", "STRING", "who decided"),
        Property("why", "STRING", "on what grounds"),
        Property("at", "ZONED DATETIME", "when it was decided"),
        Property("until", "DATE", "last day on which it holds; null is without end"),
        Property(
            "rests_on",
            "LIST<STRING>",
            "`fact digest` for each fact of the subject that was known; when one changes the decision is open again; null where nothing was known",
        ),
    ),
)

_DERIVATION = (
    Property("position", "INTEGER", "place in the declared list of parents, from 0"),
    Property(
        "evidence",
        "LIST<STRING>",
        "where the edge is declared: base_models, card, tag; curation, where the organisation asserts it; or inventory, for models of its own",
    ),
    Property(
        "confidence",
        "STRING",
        "high: relation declared, parent found by its exact id; medium: found by letter case or alias, or no relation declared; low: the parent is in no snapshot",
    ),
    _DECLARED_AS,
    Property("in_cycle", "BOOLEAN", "true when the edge lies on a cycle or is a self-parent"),
    Property(
        "license_change",
        "STRING",
        "kept, loosened, tightened, changed, dropped, added or unknown, comparing sets of terms; unknown for a missing parent; null when neither end has a licence",
    ),
    Property(
        "license_verdict",
        "STRING",
        "ok, review, conflict or undecidable: whether the child's licence carries what the parent's asks, for this relation",
    ),
    Property(
        "license_reasons",
        "LIST<STRING>",
        "codes of data/license_reasons.csv behind license_verdict, the deciding first",
    ),
    Property(
        "languages_lost",
        "LIST<STRING>",
        "languages that the parent names and the child does not, sorted; null when there is none, when an end declares none, and when the child says `multilingual`, which may be any",
    ),
    Property(
        "languages_gained",
        "LIST<STRING>",
        "languages that the child names and the parent does not, sorted; null when there is none, when an end declares none, and when the parent says `multilingual`",
    ),
    Property(
        "language_change",
        "STRING",
        "kept, narrowed, widened, changed (some lost, others gained), dropped, added or unknown; `multilingual` is more than any languages named, `code` is none; unknown for a missing parent; null when neither end declares a language",
    ),
    Property(
        "task_change",
        "STRING",
        "kept, changed (another task of its class, or of no known class), class_changed, dropped, added or unknown; unknown for a missing parent; null when neither end has a task",
    ),
    Property(
        "days_after_parent",
        "INTEGER",
        "whole days from the parent's creation to the child's, negative when the child is older; null when either is unknown or back-filled",
    ),
    Property(
        "card_ratio",
        "FLOAT",
        "length of the child's card over that of the parent's; null when either is unknown or the parent has none",
    ),
)

DERIVATIONS: tuple[EdgeKind, ...] = (
    EdgeKind("FINETUNE_OF", "Model", "Model", "The child was finetuned from the parent.", _DERIVATION),
    EdgeKind("ADAPTER_OF", "Model", "Model", "The child is an adapter of the parent.", _DERIVATION),
    EdgeKind("QUANTIZATION_OF", "Model", "Model", "The child is a quantisation of the parent.", _DERIVATION),
    EdgeKind("MERGE_OF", "Model", "Model", "The child is a merge of the parent, often with others.", _DERIVATION),
    EdgeKind("BASED_ON", "Model", "Model", "The child names the parent as base_model without a relation.", _DERIVATION),
)

RELATIONS: dict[str | None, str] = {
    "finetune": "FINETUNE_OF",
    "adapter": "ADAPTER_OF",
    "quantized": "QUANTIZATION_OF",
    "merge": "MERGE_OF",
    None: "BASED_ON",
}
"""The Hub's base_model_relation, and the edge that carries it."""

EDGES: tuple[EdgeKind, ...] = (
    *DERIVATIONS,
    EdgeKind("UNDER_LICENSE", "Model", "License", "The model declares this licence.", (_EVIDENCE, _DECLARED_AS)),
    EdgeKind("IN_LANGUAGE", "Model", "Language", "The model declares this language.", (_EVIDENCE, _DECLARED_AS)),
    EdgeKind("HAS_TASK", "Model", "Task", "The model's pipeline_tag."),
    EdgeKind("USES_LIBRARY", "Model", "Library", "The model's library_name."),
    EdgeKind("TRAINED_ON", "Model", "Dataset", "The model declares this training dataset.", (_EVIDENCE,)),
    EdgeKind("CITES", "Model", "Paper", "The model cites this paper."),
    EdgeKind("PUBLISHED_BY", "Model", "Author", "The owner of the repository."),
    EdgeKind("IN_FAMILY", "Model", "Family", "The family it belongs to."),
    EdgeKind("ALSO_KNOWN_AS", "Model", "Alias", "Another name that leads to this model."),
)
"""Edge kinds that a load writes, all leaving a Model: `Model.edges_hash` covers them."""

OF = EdgeKind("OF", "Change", "Model", "The model that changed.")
"""Written with the Change, and covered by no hash."""

DEPLOYMENT = NodeKind(
    "Deployment",
    "A system of the user's own that runs a model.",
    (
        Property("id", "STRING", "inventory and name", "key"),
        Property("name", "STRING", "what its owner calls it"),
        Property("owner", "STRING", "who answers for it"),
        Property("environment", "STRING", "production, staging …"),
        Property("context", "STRING", "internal, hosted or distributed: what is done with the model"),
        Property("task", "STRING", "the pipeline_tag that it is used for"),
        Property("languages", "LIST<STRING>", "languages that it is used in"),
        Property("market", "LIST<STRING>", "ISO 3166 codes of the places where it is offered"),
        Property("approved_at", "ZONED DATETIME", "when its use was approved; null when it was not"),
        Property("inventory", "STRING", "the inventory that lists it"),
        Property(
            "unresolved", "LIST<STRING>", "references in it that led to no model when it was loaded; null for none"
        ),
        Property("retired_at", "ZONED DATETIME", "when a load of the inventory found it gone; null while it is listed"),
        Property("extra", "LIST<STRING>", "`column=value` for every other column of the inventory"),
    ),
)

OWN_NODES: tuple[NodeKind, ...] = (DEPLOYMENT, REVIEW)
"""The user's own: loads neither write nor lose them. So are nodes and edges of any other kind that is not named here."""

OWN_EDGES: tuple[EdgeKind, ...] = (
    EdgeKind(
        "RUNS",
        "Deployment",
        "Model",
        "The deployment runs this model; the edge stays when the model is renamed or removed.",
        (
            Property("revision", "STRING", "commit, branch or tag that it runs; null when the inventory says none"),
            _DECLARED_AS,
            Property("hub_id", "STRING", "the model's hub_id when the edge was made"),
        ),
    ),
    EdgeKind("ABOUT", "Review", "Model", "The model that a review of scope model or ancestor names."),
)

INTERNAL = "Internal"
"""Second label of the organisation's own models, whose status is `internal`; loads carry them like removed ones."""

ALL_NODES: tuple[NodeKind, ...] = (*NODES, *HISTORY, *OWN_NODES)
ALL_EDGES: tuple[EdgeKind, ...] = (*EDGES, OF, *OWN_EDGES)
"""Every kind that a graph can hold, whoever writes it: what docs/schema.md, the guide and the style speak of."""


def node_kind(label: str) -> NodeKind:
    """The node kind of a label."""
    return next(kind for kind in ALL_NODES if kind.label == label)
