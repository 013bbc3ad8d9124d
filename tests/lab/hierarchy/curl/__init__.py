# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""curl.exe of a simulated server.

What it gets comes from the real curl, where that can be: files from copies of the server's files, answers over HTTPS from the
internet of the lab.
"""
