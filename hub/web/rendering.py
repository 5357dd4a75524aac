"""Pages from templates: every value is escaped, every sentence comes from a catalogue."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, partial
from importlib.resources import files
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from hub.web.access import user_of
from hub.web.differences import differences
from hub.web.formats import ZONE_COOKIE, Formats, phone, utc, zone
from hub.web.i18n import COOKIE, choose, label, phrase, stored_error, translations

YEAR_SECONDS = 365 * 24 * 3600


@dataclass(frozen=True, slots=True)
class Looks:
    """What differs between the hub's own server and pages inside another program.

    Args:
        own_login: the hub's own users sign in here, so there is a way to sign out, and admins see the users.
    """

    own_login: bool


@cache
def environment(language: str) -> Environment:
    """Give the templates in a language."""
    made = Environment(
        loader=PackageLoader("hub.web"),
        autoescape=True,
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n"],
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.install_gettext_translations(translations(language), newstyle=True)  # type: ignore[attr-defined] # of the extension
    made.globals.update(
        label=partial(label, language),
        phrase=partial(phrase, language),
        stored_error=partial(stored_error, language),
        language=language,
        differences=differences,
        sparse=_sparse,
    )
    made.filters.update(utc=utc, phone=phone, stored=_stored)
    return made


def _sparse(payload: Mapping[str, Any]) -> Mapping[str, Any]:
    """Let a template ask a payload for what it leaves out; a name that no payload can have stays an error elsewhere."""
    return defaultdict(lambda: None, payload)


def _stored(value: Any) -> str:
    """Write a value as a form sends it back."""
    return json.dumps(value, ensure_ascii=False)


def root(request: Request) -> str:
    """Give the path under which we are mounted, without a slash at the end."""
    return str(request.scope.get("root_path", "")).rstrip("/")


def own_path(request: Request) -> str:
    """Give the path of the page without the path under which we are mounted."""
    return str(request.scope["path"]).removeprefix(root(request)) or "/"


def language_of(request: Request) -> str:
    """Give the reader's language: the chosen one, else the browser's."""
    return choose(request.cookies.get(COOKIE, ""), request.headers.get("accept-language", ""))


def page(
    request: Request, template: str, *, status: int = 200, headers: dict[str, str] | None = None, **values: Any
) -> HTMLResponse:
    """Render a template.

    Args:
        request: whose user, language, time zone and mount path the template gets.
        template: file name in ``templates``.
        status: HTTP status.
        headers: more headers.
        values: what the template shows.
    """
    language = language_of(request)
    always = {
        "root": root(request),
        "user": user_of(request),
        "looks": request.app.state.looks,
        "formats": Formats(language, zone(request.cookies.get(ZONE_COOKIE, ""))),
        "path": own_path(request),
    }
    text = environment(language).get_template(template).render(always | values)
    return HTMLResponse(text, status, headers)


def see(request: Request, path: str) -> RedirectResponse:
    """Send the browser to another page of ours after a form was taken."""
    return RedirectResponse(f"{root(request)}{path}", 303)


def set_cookie(request: Request, answer: Response, name: str, value: str, *, seconds: int) -> None:
    """Set a cookie that scripts cannot read, that other sites cannot use, and that goes over https only if we do."""
    secure = request.url.scheme == "https"
    path = f"{root(request)}/"
    answer.set_cookie(name, value, max_age=seconds, path=path, httponly=True, samesite="lax", secure=secure)


def static_folder() -> str:
    """Give the folder of style, script and htmx."""
    return str(files("hub.web").joinpath("static"))
