"""The page as HTML: large buttons, no script, light or dark as the phone is.

The page with the clock asks for itself again every 15 seconds; it has no field to type in, so that
nothing typed is lost. What is typed has pages of its own.
"""

from __future__ import annotations

import base64
import hashlib
import html

from flowtui.web.view import PageView

REFRESH_S = 15
ENERGIES = ("1", "2", "3", "4", "5")
OUTCOMES = (("done", "done"), ("partly", "partly"), ("not", "not"))


def today(
    view: PageView,
    said: str = "",
    wrong: bool = False,
    look_only: bool = False,
    whole: bool = False,
) -> str:
    """The clock, the buttons, today; with `whole` a way to the whole app."""
    parts = [f'<p class="said{" wrong" if wrong else ""}" role="status">{_e(said)}</p>']
    parts.append(f'<p class="time {view.state}">{_e(view.headline)}</p>')
    if view.intention:
        parts.append(f"<h1>{_e(view.intention)}</h1>")
    word = {"paused": "paused", "interrupted": "interrupted"}.get(view.state, "")
    beside = ", ".join(part for part in (word, view.beside) if part)
    parts.append(f'<p class="quiet">{_e(beside)}</p>' if beside else "")
    if not look_only:
        parts.append(_buttons(view))
    parts.append(f"<h2>{_e(view.today)}</h2>")
    if view.done:
        rows = "".join(
            f"<li><span>{_e(one.at)}</span> <span>{_e(one.focus)}</span> "
            f"<span>{_e(one.intention)}</span> "
            f'<span class="quiet">{_e(one.outcome)}</span></li>'
            for one in view.done
        )
        parts.append(f"<ul>{rows}</ul>")
    if view.next_planned:
        parts.append(f'<p class="quiet">next: {_e(view.next_planned)}</p>')
    if not look_only:
        parts.append(_energy(view))
    parts.append('<nav><a href="/report">this week</a> <a href="/report?week=last">last week</a>')
    parts.append(' <a href="/app">the whole app</a>' if whole else "")
    parts.append('<a href="/">now</a></nav>')
    return _whole("flowtui", "".join(parts), REFRESH_S)


def ask_start(view: PageView) -> str:
    """What to begin."""
    return _form(
        "begin a block",
        "/start",
        _line("intention", "what shall be true at its end")
        + _line("length", view.usual or "50m", "how long"),
        "begin",
    )


def ask_park() -> str:
    """A thought to get out of the head."""
    return _form("park a thought", "/park", _line("thought", "the thought"), "park")


def ask_finish(view: PageView) -> str:
    """How it went."""
    outcomes = "".join(_radio("outcome", value, word) for value, word in OUTCOMES)
    ratings = "".join(_radio("rating", one, one) for one in ENERGIES)
    fields = (
        f"<fieldset><legend>outcome</legend>{outcomes}</fieldset>"
        f"<fieldset><legend>rating, 5 is best</legend>{ratings}</fieldset>" + _line("note", "note")
    )
    return _form(f"finish {view.intention}", "/finish", fields, "finish")


def refusal(status: int, reason: str) -> str:
    """Why nothing is shown."""
    return _whole(f"flowtui {status}", f"<h1>{status}</h1><p>{_e(reason)}</p>")


def policy(page: str) -> str:
    """The Content-Security-Policy of `page`: nothing but its own style and its own forms."""
    style = page.partition("<style>")[2].partition("</style>")[0]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode("ascii")
    return (
        f"default-src 'none'; style-src 'sha256-{digest}'; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'"
    )


def _buttons(view: PageView) -> str:
    if view.state == "idle":
        return _button("/start", f"begin {view.usual}", main=True) + _link(
            "/ask/start", "with an intention"
        )
    if view.state == "paused":
        return _button("/resume", "resume", main=True) + _link("/ask/finish", "finish")
    first = _button("/back", "back", main=True) if view.state == "interrupted" else ""
    first += _button("/pause", "pause", main=not first)
    pair = _button("/wandered", "wandered") + _button("/called", "called")
    links = _link("/ask/park", "park a thought") + _link("/ask/finish", "finish")
    return f'{first}<div class="pair">{pair}</div><div class="pair">{links}</div>'


def _energy(view: PageView) -> str:
    now = f", now {view.energy:g}" if view.energy is not None else ""
    buttons = "".join(
        f'<button name="value" value="{one}" aria-label="energy {one}">{one}</button>'
        for one in ENERGIES
    )
    return (
        f'<form method="post" action="/energy"><h2>energy{now}</h2>'
        f'<div class="five">{buttons}</div></form>'
    )


def _button(path: str, word: str, main: bool = False) -> str:
    kind = ' class="main"' if main else ""
    return f'<form method="post" action="{path}"><button{kind}>{_e(word)}</button></form>'


def _link(path: str, word: str) -> str:
    return f'<a class="button" href="{path}">{_e(word)}</a>'


def _form(title: str, path: str, fields: str, word: str) -> str:
    body = (
        f'<h1>{_e(title)}</h1><form method="post" action="{path}">{fields}'
        f'<button class="main">{_e(word)}</button></form>{_link("/", "leave it")}'
    )
    return _whole(title, body)


def _line(name: str, hint: str, label: str = "") -> str:
    return (
        f'<label>{_e(label or hint)}<input name="{name}" maxlength="300" autocomplete="off" '
        f'placeholder="{_e(hint)}"></label>'
    )


def _radio(name: str, value: str, word: str) -> str:
    return (
        f'<label class="radio"><input type="radio" name="{name}" value="{value}">{_e(word)}</label>'
    )


def _e(text: str) -> str:
    return html.escape(text)


def _whole(title: str, body: str, refresh_s: int | None = None) -> str:
    again = f'<meta http-equiv="refresh" content="{refresh_s};url=/">' if refresh_s else ""
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<meta name="color-scheme" content="light dark">{again}'
        f"<title>{_e(title)}</title><style>{STYLE}</style></head>"
        f"<body><main>{body}</main></body></html>\n"
    )


STYLE = (
    ":root{--g:#fbfaf7;--t:#1d2129;--m:#5b6270;--a:#2f5ea8;--l:#d8d5cc;--on:#fff;--w:#a33}"
    "@media(prefers-color-scheme:dark){:root{--g:#0e1116;--t:#e3e7ee;--m:#98a2b3;--a:#7ea6e0;"
    "--l:#2a303a;--on:#0e1116;--w:#f08a80}}"
    "*{box-sizing:border-box}"
    "body{background:var(--g);color:var(--t);font:17px/1.5 system-ui,sans-serif;margin:0}"
    "main{max-width:30rem;margin:auto;padding:1rem}"
    "h1{font-size:1.3rem;margin:.2rem 0 .6rem;overflow-wrap:anywhere}"
    "h2{font-size:1rem;margin:1.6rem 0 .4rem;font-weight:600}"
    ".time{font-size:clamp(1.4rem,6.6vw,2rem);line-height:1.2;font-weight:600;margin:.6rem 0;"
    "font-variant-numeric:tabular-nums}.running{color:var(--a)}"
    ".quiet,.said{color:var(--m);margin:.2rem 0 1rem}.said{min-height:1.5rem}.wrong{color:var(--w)}"
    "form{margin:0}button,.button{display:block;width:100%;min-height:3rem;margin:.5rem 0;"
    "padding:.6rem;border:1px solid var(--l);border-radius:.6rem;background:none;color:var(--t);"
    "font:inherit;text-align:center;text-decoration:none;cursor:pointer}"
    ".main{background:var(--a);border-color:var(--a);color:var(--on);font-weight:600}"
    ".pair{display:grid;grid-template-columns:1fr 1fr;gap:.6rem}"
    ".five{display:grid;grid-template-columns:repeat(5,1fr);gap:.5rem}"
    "button:focus-visible,a:focus-visible,input:focus-visible{outline:3px solid var(--a);"
    "outline-offset:2px}"
    "label{display:block;margin:.8rem 0;color:var(--m)}"
    "input:not([type=radio]){display:block;width:100%;min-height:3rem;padding:.6rem;font:inherit;"
    "color:var(--t);background:none;border:1px solid var(--l);border-radius:.6rem}"
    "fieldset{border:0;padding:0;margin:.8rem 0;display:flex;gap:.4rem 1.2rem;flex-wrap:wrap}"
    "legend{color:var(--m)}.radio{display:flex;gap:.5rem;align-items:center;min-height:2.6rem;"
    "margin:0;color:var(--t)}"
    "ul{list-style:none;padding:0;margin:0}li{padding:.35rem 0;border-bottom:1px solid var(--l);"
    "display:grid;grid-template-columns:3rem 4.4rem 1fr auto;gap:.5rem;"
    "overflow-wrap:anywhere;font-variant-numeric:tabular-nums}"
    "nav{margin:2rem 0 1rem;display:flex;gap:1.2rem}a{color:var(--a)}"
)
