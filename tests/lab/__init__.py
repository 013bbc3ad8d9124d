# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A simulated Configuration Manager hierarchy that speaks real WinRM on loopback.

The package shares no code with the collection's plugins: a mistake made in both would pass every test.
They meet on the wire only. Start reading at ``ARCHITECTURE.md``, section "The lab".
"""
