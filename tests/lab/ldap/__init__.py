# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The domain as a directory that can be asked by LDAP, started only where a topology wants it."""
