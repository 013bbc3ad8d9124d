# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Passwords that are looked for afterwards, wherever a run of Ansible may have left them."""
