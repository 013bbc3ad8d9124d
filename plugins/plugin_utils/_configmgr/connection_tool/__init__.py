# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# FOR INTERNAL COLLECTION USE ONLY
# The interfaces in this file are meant for this collection and may change in any release.
"""Microsoft's service connection tool, which carries updates into a site whose service connection point is offline.

What it does, its options and its logs: Microsoft's page "Use the service connection tool for Configuration Manager". Its exit
codes, and most lines of its log, are not documented.
"""
