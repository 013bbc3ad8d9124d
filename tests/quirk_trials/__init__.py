# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the collection does under every behaviour of the real thing that is not known for sure (`lab.quirks`)."""
