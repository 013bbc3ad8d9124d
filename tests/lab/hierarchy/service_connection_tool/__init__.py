# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""ServiceConnectionTool.exe: carries usage data out of a hierarchy without internet, and updates into it.

Documented by Microsoft: the phases and their options, what they need and what they do, that the tool wants all its files beside
it, the name and the place of its logs, and a few of their lines, each of which the file that writes it names. The other lines
are made up in the same style, and so is what the tool says on the console, but for two sentences. Nothing public tells its exit
codes, whether it minds an online role, whether its log has times, and what it keeps of an earlier run: quirks decide.
"""
