"""Whole-catalogue documents as answers of a view: what the front door leaves to it, failures above all."""

from __future__ import annotations

from flask import Flask, Response, current_app, request

from portal.errors import Unavailable
from portal.http.documents import DocumentFiles
from portal.http.frontdoor import visit_of
from portal.text import LocalizedText

_KEY = "portal.documents"


class DocumentNotReady(Unavailable):
    """The worker has not yet written the document, or not yet with the present settings."""

    message = LocalizedText(
        "Tài liệu này đang được tạo. Vui lòng thử lại sau ít phút.",
        "This document is being made. Please try again in a few minutes.",
    )


def install(app: Flask, documents: DocumentFiles) -> None:
    """Gives the views of `app` their documents."""
    app.extensions[_KEY] = documents


def send_document(document: str) -> Response:
    """The newest of `DOCUMENTS` with this name: 200, 206, 304, 412 or 416. Raises DocumentNotReady."""
    documents: DocumentFiles = current_app.extensions[_KEY]
    reply = documents.reply(request.environ, document, visit_of(request.environ).encoding)
    if reply is None:
        raise DocumentNotReady
    response = Response(reply.body, reply.status, reply.headers, direct_passthrough=True)
    if not any(name == "Content-Type" for name, _ in reply.headers):
        # Flask's default; an answer without content has no type.
        del response.headers["Content-Type"]
    return response
