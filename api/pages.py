"""The two plain pages of this stage: a start page and the documentation of the API.

Plain HTML without a script, so that the strictest policy for content holds; the one style sheet is
allowed by its hash.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Sequence
from html import escape
from typing import Any

from fastapi.responses import HTMLResponse

from warehouse.store.people import Person

Json = dict[str, Any]

_STYLE = """
body { font: 1rem/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
h2 { margin-top: 2.5rem; } h3 { margin-top: 2rem; font-family: ui-monospace, monospace; }
pre { background: #f4f4f1; padding: .8rem; overflow-x: auto; } a { color: #0b57a4; }
table { border-collapse: collapse; } td, th { text-align: left; padding: .2rem 1rem .2rem 0; }
@media (prefers-color-scheme: dark) {
body { background: #16181b; color: #e6e6e3; } pre { background: #24272b; } a { color: #8ab8ee; } }
"""
_STYLE_HASH = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
_CONTENT_POLICY = (
    f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; base-uri 'none'; frame-ancestors 'none'"
)

_TRY_IT = """\
export TOKEN=$(.venv/bin/spool token --role student --sub s0001)

# something is learned
curl -s localhost:8004/api/progress/track \\
  -H "Authorization: Bearer $TOKEN" -H "Content-Type: application/json" \\
  -d '{"student_id": "s0001", "concept_id": "phys-light",
       "event_type": "completed", "score": 0.9, "time_spent": 300}'

# and counts at once
curl -s -H "Authorization: Bearer $TOKEN" localhost:8004/api/progress/student/s0001
curl -s -H "Authorization: Bearer $TOKEN" localhost:8004/api/progress/learning-path/s0001
curl -s -H "Authorization: Bearer $TOKEN" localhost:8004/api/gamification/points/s0001
curl -s -H "Authorization: Bearer $TOKEN" localhost:8004/api/gamification/badges/s0001
curl -s -H "Authorization: Bearer $TOKEN" localhost:8004/api/gamification/streak/s0001

# every figure can say why
curl -s -H "Authorization: Bearer $TOKEN" \\
  localhost:8004/api/progress/student/s0001/why/points"""


_DEMO = (
    "<p><strong>Sample data.</strong> Everybody here is invented: "
    '<a href="/demo">sign in as one of them</a>.</p>'
)


def start_page(*, sample: bool = False) -> HTMLResponse:
    """What this is, and where to go on; in a sample school also its doors."""
    return _page(
        "Spool Progress",
        f"""<h1>Spool Progress</h1>
<p>Learning events in, every figure of a student out.</p>
{_DEMO if sample else ""}
<ul>
<li><a href="/docs">Documentation of the API</a>, with every field, example and error</li>
<li><a href="/openapi.json">The same as OpenAPI 3.1</a>, for tools</li>
<li><a href="/health">Health</a> of this service</li>
</ul>
<h2>Follow one student</h2>
<pre>{escape(_TRY_IT)}</pre>
""",
    )


def demo_page(people: Sequence[tuple[Person, str]]) -> HTMLResponse:
    """The invented people of the sample school, each with a button to sign in."""
    rows = "".join(
        f"<tr><td>{escape(person.name or person.person_id)}</td><td>{escape(role)}</td>"
        f'<td><form method="post" action="/demo"><button name="person_id" '
        f'value="{escape(person.person_id)}">Sign in</button></form></td></tr>'
        for person, role in people
    )
    return _page(
        "Sample school: sign in",
        f"""<h1>Sample school</h1>
<p><strong>Sample data: everybody here is invented.</strong> There is no such page in a school with
real people.</p>
<table>{rows}</table>
<p>After signing in you see your dashboard as JSON, and <a href="/api/session">who you are</a>.</p>
""",
        forms="'self'",
    )


def docs_page(openapi: Json, kinds: list[tuple[str, int, str]]) -> HTMLResponse:
    """Every operation of an OpenAPI document, and the kinds of problems by their anchors."""
    operations = [
        _operation(path, method, operation)
        for path, methods in openapi["paths"].items()
        for method, operation in methods.items()
    ]
    problems = "".join(
        f'<tr id="problem-{slug}"><td>{status}</td><td>{slug}</td><td>{escape(title)}</td></tr>'
        for slug, status, title in kinds
    )
    return _page(
        "Spool Progress: API",
        f"""<h1>{escape(openapi["info"]["title"])}</h1><p>{escape(openapi["info"]["description"])}</p>
{"".join(operations)}
<h2>Problems</h2>
<p>Every refusal is <code>application/problem+json</code> (RFC 9457): <code>type</code> names one of
these, <code>field</code> what is wrong and <code>cure</code> what to do.</p>
<table><tr><th>status</th><th>kind</th><th>meaning</th></tr>{problems}</table>
""",
    )


def _operation(path: str, method: str, operation: Json) -> str:
    head = f'<h2 id="{operation["operationId"]}">{escape(operation["summary"])}</h2>'
    line = f"<pre>{method.upper()} {escape(path)}</pre><p>{escape(operation['description'])}</p>"
    parts = [head, line]
    rows = [
        (parameter["name"], parameter["in"], parameter.get("description", ""))
        for parameter in operation.get("parameters", [])
    ]
    body = operation.get("requestBody", {}).get("content", {}).get("application/json")
    if body:
        schema = body["schema"]
        fields = schema["properties"].get("events", {}).get("items", schema)["properties"]
        rows += [(name, "body", field.get("description", "")) for name, field in fields.items()]
    if rows:
        parts.append(f"<table>{''.join(_row(row) for row in rows)}</table>")
    if body:
        parts.append(f"<p>Body, for example:</p><pre>{_json(body['example'])}</pre>")
    parts += [_response(status, response) for status, response in operation["responses"].items()]
    return "".join(parts)


def _response(status: str, response: Json) -> str:
    text = f"<p>{status}: {escape(response['description'])}</p>"
    shown = response.get("content", {}).get("application/json", {}).get("example")
    return text if shown is None else f"{text}<pre>{_json(shown)}</pre>"


def _row(cells: tuple[str, ...]) -> str:
    return f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in cells)}</tr>"


def _json(value: object) -> str:
    return escape(json.dumps(value, indent=2))


def _page(title: str, body: str, *, forms: str = "'none'") -> HTMLResponse:
    html = f"""<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(title)}</title><style>{_STYLE}</style></head>
<body>{body}</body>
</html>
"""
    policy = f"{_CONTENT_POLICY}; form-action {forms}"
    return HTMLResponse(html, headers={"Content-Security-Policy": policy})
