"""Texts that want to be more than text: markup, scripts, formulas, addresses, controls, bidi.

Made of parts, so that each way of beginning meets each way of doing harm.
"""

from __future__ import annotations

from itertools import product

MARKUP = (
    "<script>alert(1)</script>",
    '<img src="https://evil.example/x.png" onerror=alert(1)>',
    '<img src="file:///etc/passwd">',
    '<link rel=stylesheet href="https://evil.example/x.css">',
    '<link rel=attachment href="file:///etc/passwd">',
    "<style>@import url(https://evil.example/x.css);</style>",
    '<base href="https://evil.example/">',
    '<a href="javascript:alert(1)">x</a>',
    '<object data="file:///etc/hosts"></object>',
    '<iframe src="https://evil.example"></iframe>',
    '<svg><image href="https://evil.example/x.svg"/></svg>',
    '<meta http-equiv="refresh" content="0;url=https://evil.example">',
    "<!--<b>-->",
    "</title></head><body>gone",
    "]]><![CDATA[x]]>",
    "{{ 7 * 7 }}",
    "{% include '/etc/passwd' %}",
    "${7*7}",
    "%(name)s %s %d %%",
    "&lt;b&gt; &#60;b&#62; &amp;amp;",
    "url(https://evil.example/x.png)",
    "'\"><b>",
)
FORMULAS = (
    "=1+1",
    "=HYPERLINK(\"https://evil.example\",\"x\")",
    "=cmd|' /C calc'!A0",
    "+1+1",
    "-1+1",
    "@SUM(1+1)",
    "=IMPORTXML(\"https://evil.example\",\"//a\")",
    "\uff1d1+1",
    "\uff0b1+1",
    "\uff0d1+1",
    "\uff20SUM(1)",
    "\u22121+1",
)  # fmt: skip
BEFORE = ("", " ", "\u00a0", "'", '"', "\u200b", "\u202e", "\u2066", "a;", "a,", "\ufeff", "\u3000")
CONTROLS = tuple(f"a{chr(code)}b" for code in (*range(1, 32), *range(127, 160)))
BIDI = tuple(
    f"a{mark}b=1"
    for mark in "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
)
# One that closes an isolate leads out of it: what comes then holds for the rest of the line.
OUT_OF_ISOLATES = ("a\u2069\u202eb", "\u2069\u2069\u202e\u2067Ada", "\u202c\u202d\u202eAda\u2066")
PAYLOADS = tuple(
    dict.fromkeys(
        (
            *("".join(pair) for pair in product(BEFORE, FORMULAS)),
            *("".join(pair) for pair in product(("", "Ada ", '"', "\u202e"), MARKUP)),
            *CONTROLS,
            *BIDI,
            *OUT_OF_ISOLATES,
            "\ud83d\ude00".encode("utf-16", "surrogatepass").decode("utf-16"),
            "a" * 128,
            "نص عربي",
            "\u0301" * 30,
        )
    )
)
