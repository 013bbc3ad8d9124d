# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The domain as a Kerberos realm: a real key distribution center, with the keys of its accounts and servers."""
