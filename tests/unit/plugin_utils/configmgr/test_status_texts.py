# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Status messages in words."""

from __future__ import annotations

import pytest
from ansible_collections.configmgr.site.plugins.plugin_utils._configmgr.status_texts import sentence, texts


@pytest.mark.parametrize(
    ("message_id", "strings", "expected"),
    [
        (1016, ["srv1", "access is denied"], "SMS_DMP could not be installed on srv1.corp.example: access is denied"),
        (1037, [], "The site component manager cannot administer ?: ?"),
        (500, ["no place for it"], "SMS_DMP has been started on srv1.corp.example."),
        (4711, ["one", "", "three {1}"], "one; three {1}"),
        (4711, [], ""),
        (11488, ["https://a.example", ""], "The site cannot reach an internet endpoint that it needs: https://a.example."),
        (11488, [], "The site cannot reach an internet endpoint that it needs."),
    ],
)
def test_sentences(message_id: int, strings: list[str], expected: str) -> None:
    assert sentence(message_id, "SMS_DMP", "srv1.corp.example", strings) == expected


def test_every_text_names_no_place_that_a_message_cannot_have() -> None:
    assert all("{0}" not in text and "{11}" not in text for text in texts().values())
