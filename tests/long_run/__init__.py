# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Hours of a hierarchy, with everything that people, servers and this collection do to its service connection point."""
