"""Failures as pages: what happened, what to do, and a way on."""

from __future__ import annotations

from flask import Response, make_response, render_template, request
from flask_babel import gettext

from portal.catalog.models import Dataset
from portal.http.context import portal
from portal.http.problems import Problem
from portal.text import Language
from portal.web.context import Visit
from portal.web.pages.errors import (
    FailurePage,
    MissingPage,
    error_frame,
    withdrawn_page,
    words_of,
)


def error_page(problem: Problem, language: Language) -> str:
    """The page of a failure, as `portal.http.problems.use_error_page` wants it."""
    if problem.status >= 500:
        return server_failure(problem)
    frame = error_frame(language, portal().settings.public_url, problem.title.in_language(language))
    if problem.status == 404:
        return render_template("errors/missing.html", page=MissingPage(frame, words_of(request.path)))
    return render_template(
        "errors/failure.html",
        page=FailurePage(
            frame=frame,
            message=problem.detail,
            details=tuple(problem.fields.values()),
            retry_path=request.path,
        ),
    )


def server_failure(problem: Problem) -> str:
    """500 and 503, in both languages at once: nothing that may be out of order itself is needed for it."""
    return render_template(
        "errors/server.html",
        title=problem.title,
        message=problem.detail,
        incident=str(problem.facts.get("incident", "")),
    )


def withdrawn_answer(visit: Visit, dataset: Dataset) -> Response:
    """410 for a dataset that was public once."""
    frame = error_frame(visit.language, visit.base_url, gettext("This dataset has been withdrawn"))
    return make_response(render_template("errors/withdrawn.html", page=withdrawn_page(frame, dataset)), 410)
