# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""WS-Management over HTTP(S): listening, logging on, encrypting, dispatching, and the cmd shell."""
