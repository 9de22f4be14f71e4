"""The scorecard as one page: N of N for each table, and below it every case."""

from html import escape
from typing import Any

_STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; max-width: 64rem; margin: 2rem auto; padding: 0 1rem;
       color: #1f2933 }
h1 { font-size: 1.6rem } summary { cursor: pointer; padding: .4rem 0 }
summary b { display: inline-block; min-width: 6.5rem; font-variant-numeric: tabular-nums }
table { border-collapse: collapse; width: 100%; font-size: .875rem; margin: .5rem 0 1.5rem }
td, th { text-align: left; vertical-align: top; padding: .3rem .6rem .3rem 0;
         border-bottom: 1px solid #d9dee4 }
.passed { color: #17663a } .failed, .skipped, .absent { color: #a4262c; font-weight: 600 }
code { overflow-wrap: anywhere }
"""


def render_scorecard(told: dict[str, Any]) -> str:
    """Render the page of what `Scorecard.tell` returned; tables with a fault are open."""
    passed = sum(table["passed"] for table in told["tables"])
    cases = sum(table["of"] for table in told["tables"])
    tables = "".join(_render_table(table) for table in told["tables"])
    return (
        "<!doctype html><html lang='en'><meta charset='utf-8'><title>Scorecard</title>"
        "<meta http-equiv='Content-Security-Policy' "
        "content=\"default-src 'none'; style-src 'unsafe-inline'\">"
        "<meta name='viewport' content='width=device-width'>"
        f"<style>{_STYLE}</style><h1>What leadline survives: {passed} of {cases}</h1>"
        "<p>Every case is a test. A case without a test is absent; absent and skipped count as failed.</p>"
        f"{tables}</html>\n"
    )


def _render_table(table: dict[str, Any]) -> str:
    state = "passed" if table["passed"] == table["of"] else "failed"
    rows = "".join(_render_case(case) for case in table["cases"])
    return (
        f"<details{'' if state == 'passed' else ' open'}><summary><b class='{state}'>"
        f"{table['passed']} of {table['of']}</b> {escape(table['title'])}</summary>"
        "<table><tr><th>Case</th><th>What happens</th><th>Measured</th><th>State</th></tr>"
        f"{rows}</table></details>"
    )


def _render_case(case: dict[str, Any]) -> str:
    found = "<br>".join(escape(text) for text in [*case["measured"], case["message"]] if text)
    return (
        f"<tr><td><code>{escape(case['id'])}</code></td><td>{escape(case['what'])}</td><td>{found}</td>"
        f"<td class='{case['state']}'>{case['state']}</td></tr>"
    )
