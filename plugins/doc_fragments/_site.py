# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Options that several modules share."""

from __future__ import annotations


class ModuleDocFragment:
    """The options by which a module finds a site."""

    DOCUMENTATION = r"""
options:
  site_code:
    description:
      - The three-character code of the site whose SMS Provider is asked, such as V(PS1).
      - Without it, the site that the host belongs to. Giving it saves one request.
    type: str
requirements:
  - pywinrm >= 0.5.0 on the controller
notes:
  - Run it on the server with the SMS Provider of the top-tier site. In most sites that is the site server. Ansible's
    C(delegate_to) does that in plays for other hosts.
  - The account needs to be a member of the local group SMS Admins on that server, and of Remote Management Users or
    Administrators.
"""

    QUERY = r"""
options:
  query:
    description:
      - A JMESPath expression that is applied to what the module returns. Its value is returned as RV(result).
    type: str
requirements:
  - jmespath on the controller, for O(query)
"""
