# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""WMI as one Windows server offers it: classes, instances, queries and their XML on the wire."""
