# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is outside: endpoints that speak TLS, and proxies on the way to them, on loopback. Each is started when it is needed."""
