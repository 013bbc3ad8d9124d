# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Everything that can go wrong while the service connection point is moved, at every request of the move."""
