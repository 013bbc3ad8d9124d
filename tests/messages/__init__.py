# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The page of the documentation with every message of the collection: ``python -m messages`` writes it from the code."""
