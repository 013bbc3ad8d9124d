# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Microsoft's side: which updates of Configuration Manager there are, and the services that hand them out."""
