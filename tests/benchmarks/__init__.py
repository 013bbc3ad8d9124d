# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Counts what tasks cost, in requests, bytes and CPU, and prints it beside the budgets. `make bench` runs it."""
