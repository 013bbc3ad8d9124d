# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sentences of cmd.exe, in the languages that a server can have. Those in Dutch are inferred from Microsoft's terminology."""

from __future__ import annotations

from .local_groups import Language

FILE_NOT_FOUND, PATH_NOT_FOUND, IN_USE, DISK_FULL, SYNTAX, EXISTS, DUPLICATE, NOT_EMPTY, ACCESS_DENIED = range(9)
COPIED, FILES_MOVED, FOLDERS_MOVED = range(9, 12)

_SENTENCES: dict[int, dict[Language, str]] = {
    FILE_NOT_FOUND: {
        "en": "The system cannot find the file specified.",
        "de": "Das System kann die angegebene Datei nicht finden.",
        "nl": "Het systeem kan het opgegeven bestand niet vinden.",
    },
    PATH_NOT_FOUND: {
        "en": "The system cannot find the path specified.",
        "de": "Das System kann den angegebenen Pfad nicht finden.",
        "nl": "Het systeem kan het opgegeven pad niet vinden.",
    },
    IN_USE: {
        "en": "The process cannot access the file because it is being used by another process.",
        "de": "Der Prozess kann nicht auf die Datei zugreifen, da sie von einem anderen Prozess verwendet wird.",
        "nl": "Het proces heeft geen toegang tot het bestand omdat het door een ander proces wordt gebruikt.",
    },
    DISK_FULL: {
        "en": "There is not enough space on the disk.",
        "de": "Es steht nicht genug Speicherplatz auf dem Datenträger zur Verfügung.",
        "nl": "Er is onvoldoende schijfruimte beschikbaar.",
    },
    SYNTAX: {
        "en": "The syntax of the command is incorrect.",
        "de": "Syntaxfehler.",
        "nl": "De syntaxis van de opdracht is onjuist.",
    },
    EXISTS: {
        "en": "A subdirectory or file {} already exists.",
        "de": "Ein Unterverzeichnis oder eine Datei mit dem Namen {} existiert bereits.",
        "nl": "Er bestaat al een submap of bestand met de naam {}.",
    },
    DUPLICATE: {
        "en": "A duplicate file name exists, or the file cannot be found.",
        "de": "Ein doppelter Dateiname ist vorhanden, oder die Datei kann nicht gefunden werden.",
        "nl": "De bestandsnaam bestaat al, of het bestand kan niet worden gevonden.",
    },
    NOT_EMPTY: {
        "en": "The directory is not empty.",
        "de": "Das Verzeichnis ist nicht leer.",
        "nl": "De map is niet leeg.",
    },
    ACCESS_DENIED: {"en": "Access is denied.", "de": "Zugriff verweigert", "nl": "Toegang geweigerd."},
    COPIED: {
        "en": "        {} file(s) copied.",
        "de": "        {} Datei(en) kopiert.",
        "nl": "        {} bestand(en) gekopieerd.",
    },
    FILES_MOVED: {
        "en": "        {} file(s) moved.",
        "de": "        {} Datei(en) verschoben.",
        "nl": "        {} bestand(en) verplaatst.",
    },
    FOLDERS_MOVED: {
        "en": "        {} dir(s) moved.",
        "de": "        {} Verzeichnis(se) verschoben.",
        "nl": "        {} map(pen) verplaatst.",
    },
}


def sentence(language: Language, number: int, *values: object) -> bytes:
    """A line with one of the sentences."""
    return f"{_SENTENCES[number][language].format(*values)}\r\n".encode()
