#!/usr/bin/env python3
"""The portfolio on a wall: as a table in the terminal, or as a page of HTML that a browser shows and loads again.

    MANIFESTO_URL=https://manifesto.example.org MANIFESTO_TOKEN=… python3 wall_display.py
    … python3 wall_display.py --html /var/www/wall/index.html --query "tier=critical" --language fr

The token needs the scope scorecards:read. Python 3.9 or later, nothing to install. Let cron run it every five minutes:
the page is written anew only when something changed.
"""

import argparse
import html
import json
import os
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

API = os.environ["MANIFESTO_URL"].rstrip("/") + "/api/v1"
TOKEN = os.environ["MANIFESTO_TOKEN"]
MARKS = {"met": "✓", "partly": "◐", "broken": "✗", "not_rated": "–"}
WORDS = {
    "en": {
        "title": "Support by our vendors",
        "vendor": "Vendor",
        "rules": "Rules met",
        "since": "Since last time",
        "none": "Not assessed yet",
        "withheld": "Your own answers come first",
        "overdue": "commitments overdue: {}",
        "met": "met",
        "partly": "partly met",
        "broken": "broken",
        "not_rated": "not rated",
    },
    "fr": {
        "title": "Le support de nos fournisseurs",
        "vendor": "Fournisseur",
        "rules": "Règles respectées",
        "since": "Depuis la dernière fois",
        "none": "Jamais évalué",
        "withheld": "Vos propres réponses d’abord",
        "overdue": "engagements en retard : {}",
        "met": "respectée",
        "partly": "respectée en partie",
        "broken": "enfreinte",
        "not_rated": "non notée",
    },
    "nl": {
        "title": "De ondersteuning door onze leveranciers",
        "vendor": "Leverancier",
        "rules": "Nageleefde regels",
        "since": "Sinds de vorige keer",
        "none": "Nog nooit beoordeeld",
        "withheld": "Eerst komen uw eigen antwoorden",
        "overdue": "toezeggingen te laat: {}",
        "met": "nageleefd",
        "partly": "deels nageleefd",
        "broken": "geschonden",
        "not_rated": "niet beoordeeld",
    },
}
PAGE = """<!doctype html>
<html lang="{language}"><head><meta charset="utf-8"><meta http-equiv="refresh" content="300">
<meta name="viewport" content="width=device-width"><title>{title}</title>
<style>
body {{ font: 1.5rem/1.4 system-ui, sans-serif; margin: 2rem; color: #1a1a1a; background: #fff; }}
table {{ border-collapse: collapse; width: 100%; }}
th, td {{ text-align: left; padding: .4rem .8rem; border-bottom: 1px solid #ccc; }}
.broken {{ color: #a3131f; font-weight: 700; }} .partly {{ color: #7a4b00; }} .met {{ color: #14632b; }}
abbr {{ text-decoration: none; }}
@media (max-width: 40rem) {{ body {{ font-size: .8rem; margin: .5rem; }} th, td {{ padding: .3rem; }} }}
</style></head><body><h1>{title}</h1><table>
<thead><tr><th scope="col">{vendor}</th><th scope="col">{rules}</th>{numbers}<th scope="col">{since}</th></tr></thead>
<tbody>
{rows}
</tbody></table></body></html>
"""


def portfolio(query, language):
    """Every row, page by page."""
    rows, after = [], ""
    while after is not None:
        asked = f"{API}/portfolio?limit=200&{query}&after={after}"
        headers = {"Authorization": f"Bearer {TOKEN}", "Accept-Language": language}
        try:
            with urllib.request.urlopen(urllib.request.Request(asked, headers=headers), timeout=60) as answer:
                page = json.load(answer)
        except urllib.error.HTTPError as refused:
            if refused.code == 429:  # too many requests: it says when to come again
                time.sleep(int(refused.headers.get("Retry-After", "5")))
                continue
            sys.exit(f"{refused.code}: {refused.read().decode()}")
        rows += page["items"]
        after = page["next"]
    return rows


def met_of(row, words):
    if row["is_withheld"]:
        return words["withheld"]
    standing = row["standing"]
    if standing is None:
        return words["none"]
    overdue = row["commitments"]["overdue"]
    late = f", {words['overdue'].format(overdue)}" if overdue else ""
    return f"{standing['met']}/7{late}"


def moved(row):
    trend = row["standing"] and row["standing"]["trend"]
    if not trend:
        return ""
    signs = (("▲", trend["better"]), ("▼", trend["worse"]))
    return " ".join(f"{sign}{len(rules)}" for sign, rules in signs if rules)


def cells(row):
    return [rule["status"] for rule in row["standing"]["rules"]] if row["standing"] else [""] * 7


def as_text(rows, words):
    width = max([len(words["vendor"]), *(len(row["vendor"]["name"]) for row in rows)])
    lines = [f"{words['vendor']:<{width}}  1234567  {words['rules']}"]
    for row in rows:
        marks = "".join(MARKS.get(status, " ") for status in cells(row))
        lines.append(f"{row['vendor']['name']:<{width}}  {marks}  {met_of(row, words)}  {moved(row)}".rstrip())
    return "\n".join(lines)


def as_html(rows, words, language):
    def cell(status):
        if not status:
            return "<td></td>"
        return f'<td class="{status}"><abbr title="{words[status]}">{MARKS[status]}</abbr></td>'

    said = [
        f'<tr><th scope="row">{html.escape(row["vendor"]["name"])}</th><td>{html.escape(met_of(row, words))}</td>'
        f"{''.join(map(cell, cells(row)))}<td>{moved(row)}</td></tr>"
        for row in rows
    ]
    numbers = "".join(f'<th scope="col">{number}</th>' for number in range(1, 8))
    named = {name: words[name] for name in ("title", "vendor", "rules", "since")}
    return PAGE.format(language=language, numbers=numbers, rows="\n".join(said), **named)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--html", type=Path, help="write a page to this file")
    parser.add_argument("--query", default="", help="what it is narrowed by, such as tier=critical")
    parser.add_argument("--language", default="en", choices=sorted(WORDS))
    asked = parser.parse_args()
    words = WORDS[asked.language]
    rows = portfolio(asked.query, asked.language)
    if asked.html is None:
        print(as_text(rows, words))
        return
    page = as_html(rows, words, asked.language)
    if asked.html.exists() and asked.html.read_text(encoding="utf-8") == page:
        return
    part = asked.html.with_suffix(".part")
    part.write_text(page, encoding="utf-8")
    part.replace(asked.html)  # at once: nobody sees half a page


if __name__ == "__main__":
    main()
