"""An audit as one HTML file that fetches nothing: the summary, then findings one by one, their evidence folded in."""

from __future__ import annotations

import html
from collections.abc import Sequence
from typing import Any

from studbook.audit import Audit, Finding
from studbook.library import SEVERITIES
from studbook.render import Rows, plain
from studbook.summary import advice, headline, moment, remarks, sections

GROUPS = 25
"""Groups of each table of the summary; findings one by one are as many as asked for."""

_STYLE = """
:root { color-scheme: light dark; --line: #8884; --faint: #8881; --high: #c62828; --medium: #b26a00; --low: #5a6b7b }
body { font: 15px/1.45 system-ui, sans-serif; max-width: 80rem; margin: 2rem auto; padding: 0 1rem }
h1 { font-size: 1.5rem; margin-bottom: .3rem } h2 { font-size: 1.15rem; margin: 2rem 0 .5rem }
p { margin: .2rem 0 } .note, .faint { opacity: .75 }
.wide { overflow-x: auto } table { border-collapse: collapse; font-variant-numeric: tabular-nums }
th, td { text-align: left; vertical-align: top; padding: .25rem .9rem .25rem 0; border-bottom: 1px solid var(--line) }
th { font-weight: 600 } td.number, th.number { text-align: right }
code, .id { font-family: ui-monospace, monospace; font-size: .92em; overflow-wrap: anywhere }
.high, .medium, .low { font-weight: 600 } .high { color: var(--high) } .medium { color: var(--medium) } .low { color: var(--low) }
@media (prefers-color-scheme: dark) { :root { --high: #ff8a80; --medium: #ffcc80; --low: #b0bec5 } }
details { border-bottom: 1px solid var(--line); padding: .3rem 0 } summary { cursor: pointer }
summary > span { margin-right: .6rem } .decided summary { opacity: .6 }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .1rem 1rem; margin: .5rem 0 .5rem 1.2rem; background: var(--faint); padding: .6rem }
dt { opacity: .75 } dd { margin: 0; overflow-wrap: anywhere } .failed { color: var(--high); font-weight: 600 }
"""


def page(audit: Audit, *, group_by: str | None = None, limit: int) -> str:
    """The page, with groups as summary.sections has them, `limit` and GROUPS at most."""
    first, *lines = headline(audit)
    body = [f"<h1>{_safe(first)}</h1>", *(f"<p>{_safe(line)}</p>" for line in lines)]
    body += [
        f'<p class="{"failed" if note.startswith("FAILED") else "note"}">{_safe(note)}</p>' for note in remarks(audit)
    ]
    for part in sections(audit, group_by=group_by, limit=min(limit, GROUPS)):
        body += [f"<h2>{_safe(part.title)}</h2>", _table(part.rows) if part.rows.values else "<p>None.</p>"]
        body += [f'<p class="note">{_safe(part.note)}</p>'] if part.note else []
    if then := advice(audit):
        body += ["<h2>What to do next</h2>", "<dl>"]
        body += [f"<dt><code>{_safe(query)}</code></dt><dd>{_safe(words)}</dd>" for query, words in then]
        body.append("</dl>")
    body.append("<h2>Findings one by one</h2>")
    left = audit.findings.height - len(audit.shown)
    if left:
        body.append(
            f'<p class="note">The first {len(audit.shown):,} of {audit.findings.height:,}, open ones first, by severity and '
            "reach; --limit shows more.</p>"
        )
    body += [_details(one) for one in audit.shown]
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>Audit, {moment(audit.snapshot['as_of'])}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n"
        + "\n".join(body)
        + "\n</body>\n</html>\n"
    )


def _safe(value: Any) -> str:
    return html.escape(str(value))


def _table(rows: Rows) -> str:
    numbers = [column.type == "INTEGER" for column in rows.columns]

    def cells(tag: str, values: Sequence[Any]) -> str:
        out = []
        for value, number in zip(values, numbers, strict=True):
            kind = ' class="number"' if number else f' class="{value}"' if value in SEVERITIES else ""
            words = "" if value is None else f"{value:,}" if isinstance(value, int) else _safe(value)
            out.append(f"<{tag}{kind}>{words}</{tag}>")
        return f"<tr>{''.join(out)}</tr>"

    head = cells("th", [column.name for column in rows.columns])
    return (
        f'<div class="wide"><table>\n{head}\n' + "\n".join(cells("td", row) for row in rows.values) + "\n</table></div>"
    )


def _details(one: Finding) -> str:
    row = one.row
    facts: dict[str, Any] = {
        "query": row["query"],
        "what to do next": one.check.query.next,
        "deployments": row["deployments"],
        "decision": f"{row['status']}: {one.why}" if row["review"] else None,
        **(one.evidence or {}),
        "fingerprint": row["fingerprint"],
    }
    if isinstance(path := facts.get("path"), list) and isinstance(relations := facts.get("relations"), list):
        steps = [
            part for pair in zip(path, [*(f"--{name}->" for name in relations), ""], strict=False) for part in pair
        ]
        facts["path"] = " ".join(steps).strip()
    listed = "".join(
        f"<dt>{_safe(name)}</dt><dd>{_safe(', '.join(map(str, value)) if isinstance(value, list) else plain(value))}</dd>"
        for name, value in facts.items()
        if value not in (None, [])
    )
    state = f'<span class="faint">{_safe(row["state"])}</span>' if row["state"] else ""
    return (
        f"<details{'' if row['review'] is None else ' class=decided'}><summary>"
        f'<span class="{row["severity"]}">{row["severity"]}</span>{state}<span class="id">{_safe(row["about"])}</span>'
        f"<span>{_safe(one.check.query.title)}</span></summary><dl>{listed}</dl></details>"
    )
