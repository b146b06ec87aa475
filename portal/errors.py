"""The family of errors: six kinds that every door knows how to answer, and nothing of HTTP."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import ClassVar

from portal.text import LocalizedText

_WORD_START = re.compile(r"(?<!^)(?=[A-Z])")


class PortalError(Exception):
    """A failure with a sentence for people. Subclass a kind below, beside the code that raises it.

    `message`: what happened and what to do, Vietnamese and English. `fields`: problems by JSON path
    (`distributions[2].url`) when the input was at fault. `code` follows from the class name and is stable.
    """

    message: ClassVar[LocalizedText] = LocalizedText(
        "Đã xảy ra lỗi ngoài dự kiến.", "Something unexpected went wrong."
    )

    def __init__(
        self, message: LocalizedText | None = None, *, fields: Mapping[str, LocalizedText] | None = None
    ) -> None:
        self.text = message or type(self).message
        self.fields: dict[str, LocalizedText] = dict(fields or {})
        super().__init__(self.text.en or self.text.vi)

    @property
    def code(self) -> str:
        """The class name in kebab case: `LicenceMissing` is `licence-missing`."""
        return _WORD_START.sub("-", type(self).__name__).lower()


class NotFound(PortalError):
    """There is no such thing, or the asker may not know of it."""

    message = LocalizedText("Không tìm thấy nội dung này.", "There is nothing at this address.")


class Invalid(PortalError):
    """The input breaks a rule; `fields` tells where."""

    message = LocalizedText("Dữ liệu gửi lên chưa hợp lệ.", "The input is not valid.")


class Forbidden(PortalError):
    """The asker is known and may not do this."""

    message = LocalizedText("Bạn không có quyền thực hiện thao tác này.", "You may not do this.")


class Conflict(PortalError):
    """The thing is not in the state or version that the asker assumed."""

    message = LocalizedText(
        "Dữ liệu đã thay đổi hoặc đang ở trạng thái khác.", "The record has changed or is in another state."
    )


class TooLarge(PortalError):
    """The input is over a documented limit."""

    message = LocalizedText("Nội dung gửi lên vượt quá giới hạn.", "The input is over the limit.")


class Unavailable(PortalError):
    """A part of the portal cannot answer now; trying again later helps.

    `retry_after_seconds`: when it may. `is_incident`: whether somebody must look; not where there is only much to do.
    """

    retry_after_seconds: ClassVar[int] = 30
    is_incident: ClassVar[bool] = True
    message = LocalizedText(
        "Hệ thống tạm thời chưa phục vụ được yêu cầu này. Vui lòng thử lại sau.",
        "This cannot be answered right now. Please try again later.",
    )
